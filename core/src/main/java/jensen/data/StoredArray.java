package jensen.data;

import java.nio.ByteOrder;
import java.util.Arrays;

/** An array as a file's header describes it, and how its entries become the rows of a data set. */
final class StoredArray {
    private final Object file;
    private final Element element;
    private final ByteOrder order;
    private final long[] dims;
    private final boolean fortran;

    /** Checks that there are 1 to 4 axes, each neither empty nor beyond what a data set can number. */
    StoredArray(Object file, Element element, ByteOrder order, long[] dims, boolean fortran) {
        this.file = file;
        this.element = element;
        this.order = order;
        this.dims = dims.clone();
        this.fortran = fortran;
        if (dims.length < 1 || dims.length > 4) {
            throw DataException.in(file, "1 to 4 axes, the first of them the rows", dims.length + " axes");
        }
        double event = 1;
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] < 1 || dims[i] > Integer.MAX_VALUE) {
                throw DataException.in(file, "axes of at least 1 and below 2³¹", "sizes " + Arrays.toString(dims));
            }
            event *= i == 0 ? 1 : dims[i];
        }
        if (event > 1 << 28) {
            throw DataException.in(file, "at most 2²⁸ values in a row", "sizes " + Arrays.toString(dims));
        }
    }

    /** The number of rows. */
    int size() {
        return (int) dims[0];
    }

    /** The array's values from what is left of its file. */
    Chunks values(Input in) {
        return in.rest(element.bytes * Arrays.stream(dims).reduce(1, Math::multiplyExact), order);
    }

    /** The entries as class numbers. */
    int[] labels(Chunks bytes) {
        if (dims.length != 1 || !element.isWhole()) {
            throw DataException.in(file, "labels: one axis of whole numbers", dims.length + " axes of " + element);
        }
        float[] label = new float[1];
        int[] labels = new int[size()];
        for (int row = 0; row < labels.length; row++) {
            bytes.copy(element, row, 1, label, 0);
            if (label[0] < 0 || label[0] > 1 << 24) {
                throw DataException.inRow(file, row + 1L, "a label from 0 to 2²⁴", String.format("%.0f", label[0]));
            }
            labels[row] = (int) label[0];
        }
        return labels;
    }

    /** The entries as data; every value is looked at once, to know that it is finite and what kind it is. */
    Dataset data(String name, Chunks bytes) {
        Rows.Source source = source(bytes);
        int n = 1;
        for (int i = 1; i < dims.length; i++) {
            n *= (int) dims[i];
        }
        float[] row = new float[n];
        Scan scan = new Scan(file);
        for (int r = 0; r < size(); r++) {
            source.copy(r, row, 0);
            scan.row(r + 1L, row);
            if (element == Element.UINT8 && !scan.isBinary()) {
                break; // bytes beyond 1 are pixels, whatever follows
            }
        }
        if (element == Element.BOOL && !scan.isBinary()) {
            throw DataException.in(file, "truth values, 0 or 1", "other bytes");
        }
        Values values = element == Element.UINT8 && !scan.isBinary() ? Values.GREY : scan.values();
        return new Rows(name, size(), shape(n, values), values, source, null);
    }

    private boolean channelsLast() {
        return dims.length == 4 && dims[1] != 1 && dims[1] != 3 && (dims[3] == 1 || dims[3] == 3);
    }

    private Shape shape(int n, Values values) {
        return switch (dims.length) {
            case 3 -> new Shape(1, (int) dims[1], (int) dims[2]);
            case 4 ->
                channelsLast()
                        ? new Shape((int) dims[3], (int) dims[1], (int) dims[2])
                        : new Shape((int) dims[1], (int) dims[2], (int) dims[3]);
            default -> Shape.guess(n, values);
        };
    }

    private Rows.Source source(Chunks bytes) {
        long[] strides = strides();
        // the axes of a row in the order of a datum: channel, height, width; those that the array lacks are 1 long
        int[] axes =
                channelsLast() ? new int[] {3, 1, 2} : new int[] {dims.length - 3, dims.length - 2, dims.length - 1};
        int channels = extent(axes[0]);
        int height = extent(axes[1]);
        int width = extent(axes[2]);
        long perRow = strides[0];
        long perChannel = axes[0] < 1 ? 0 : strides[axes[0]];
        long perLine = axes[1] < 1 ? 0 : strides[axes[1]];
        long perPixel = axes[2] < 1 ? 1 : strides[axes[2]];
        int n = channels * height * width;
        if (!fortran && !channelsLast()) {
            return (row, to, offset) -> bytes.copy(element, row * perRow, n, to, offset);
        }
        return (row, to, offset) -> {
            int at = offset;
            for (int c = 0; c < channels; c++) {
                for (int h = 0; h < height; h++) {
                    long line = row * perRow + c * perChannel + h * perLine;
                    for (int w = 0; w < width; w++) {
                        bytes.copy(element, line + w * perPixel, 1, to, at++);
                    }
                }
            }
        };
    }

    private int extent(int axis) {
        return axis < 1 ? 1 : (int) dims[axis];
    }

    private long[] strides() {
        long[] strides = new long[dims.length];
        long stride = 1;
        for (int i = 0; i < dims.length; i++) {
            int axis = fortran ? i : dims.length - 1 - i;
            strides[axis] = stride;
            stride *= dims[axis];
        }
        return strides;
    }
}
