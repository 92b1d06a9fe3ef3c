package jensen.data;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import jensen.tensor.Generator;
import org.apache.commons.rng.UniformRandomProvider;

/** How stored values become the values that a likelihood sees. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Encoding.AsStored.class, name = "as-stored"),
    @JsonSubTypes.Type(value = Encoding.Unit.class, name = "unit"),
    @JsonSubTypes.Type(value = Encoding.Binarised.class, name = "binarised"),
    @JsonSubTypes.Type(value = Encoding.Thresholded.class, name = "thresholded"),
    @JsonSubTypes.Type(value = Encoding.Standardised.class, name = "standardised")
})
public sealed interface Encoding {
    /**
     * What values there are after encoding.
     *
     * @throws IllegalArgumentException if values of this kind cannot be encoded so
     */
    Values encoded(Values in);

    /**
     * Encodes one datum in place.
     *
     * @param in what the values are before
     * @param row the row of the datum in its data set, which keys its noise
     * @param rng where noise comes from
     * @param data holds the values, from {@code offset} on
     */
    void encodeRow(Values in, int row, Generator rng, float[] data, int offset, int length);

    /**
     * Writes the encoded data {@code rows[from]} … {@code rows[to − 1]} one after the other into {@code out}, from 0 on;
     * noise is keyed by the row in the data set, so it depends neither on the batch nor on the thread.
     *
     * @param rng where noise comes from: one for each epoch
     * @throws IllegalArgumentException if the data's values cannot be encoded so
     * @throws IndexOutOfBoundsException if {@code out} is too short or a row does not exist
     */
    default void encode(Dataset data, int[] rows, int from, int to, Generator rng, float[] out) {
        encoded(data.values());
        Objects.checkFromToIndex(from, to, rows.length);
        int n = data.shape().size();
        for (int i = from; i < to; i++) {
            int offset = (i - from) * n;
            data.copyRow(rows[i], out, offset);
            encodeRow(data.values(), rows[i], rng, out, offset, n);
        }
    }

    /** Values as they are stored. */
    record AsStored() implements Encoding {
        @Override
        public Values encoded(Values in) {
            return in;
        }

        @Override
        public void encodeRow(Values in, int row, Generator rng, float[] data, int offset, int length) {
            // values stay as they are
        }
    }

    /** 8-bit pixels divided by 255; values that are within [0, 1] already stay. */
    record Unit() implements Encoding {
        @Override
        public Values encoded(Values in) {
            return switch (in) {
                case BINARY -> Values.BINARY;
                case GREY, UNIT -> Values.UNIT;
                case WHOLE, REAL -> throw unfit("scaled to [0, 1]");
            };
        }

        @Override
        public void encodeRow(Values in, int row, Generator rng, float[] data, int offset, int length) {
            if (in == Values.GREY) {
                for (int i = offset; i < offset + length; i++) {
                    data[i] /= 255f;
                }
            }
        }
    }

    /**
     * Each value a draw from a Bernoulli distribution whose mean is the stored intensity (g/255 for 8-bit pixels, exactly;
     * values within [0, 1] to 24 bits), drawn anew for each generator (Salakhutdinov and Murray, ICML 2008, §5).
     */
    record Binarised() implements Encoding {
        @Override
        public Values encoded(Values in) {
            if (!in.bounded()) {
                throw unfit("binarised at random");
            }
            return Values.BINARY;
        }

        @Override
        public void encodeRow(Values in, int row, Generator rng, float[] data, int offset, int length) {
            switch (in) {
                case GREY -> grey(rng.row(row), data, offset, offset + length);
                case UNIT -> unit(rng.row(row), data, offset, offset + length);
                case BINARY -> {}
                case WHOLE, REAL -> throw unfit("binarised at random");
            }
        }

        // a byte u, uniform on 0 … 254 once 255 is rejected, is below g with probability g/255
        private static void grey(UniformRandomProvider stream, float[] data, int from, int to) {
            int i = from;
            while (i < to) {
                long bits = stream.nextLong();
                if (i + Long.BYTES <= to && !anyIs255(bits) && isZero(data, i)) {
                    i += Long.BYTES; // none is below 0: most of a digit
                    continue;
                }
                for (int b = 0; b < Long.BYTES && i < to; b++) {
                    int u = (int) bits & 0xFF;
                    bits >>>= Byte.SIZE;
                    if (u != 0xFF) {
                        data[i] = (u - (int) data[i]) >>> 31; // the sign: 1 if u < g
                        i++;
                    }
                }
            }
        }

        // whether a byte of the complement is 0: then, and only then, a borrow reaches its top bit
        private static boolean anyIs255(long bits) {
            return ((~bits - 0x0101010101010101L) & bits & 0x8080808080808080L) != 0;
        }

        /** Whether the next eight grey values, none of which is negative, are all 0. */
        private static boolean isZero(float[] data, int at) {
            return data[at]
                            + data[at + 1]
                            + data[at + 2]
                            + data[at + 3]
                            + (data[at + 4] + data[at + 5] + data[at + 6] + data[at + 7])
                    == 0;
        }

        private static void unit(UniformRandomProvider stream, float[] data, int from, int to) {
            for (int i = from; i < to; i++) {
                data[i] = (stream.nextLong() >>> 40) * 0x1p-24f < data[i] ? 1 : 0;
            }
        }
    }

    /**
     * 1 where a value is above a threshold, 0 elsewhere.
     *
     * @param threshold on the scale [0, 1] for pixels, in the values' own units for {@link Values#REAL}
     */
    record Thresholded(double threshold) implements Encoding {
        /**
         * Checks the threshold.
         *
         * @throws IllegalArgumentException if it is not finite
         */
        public Thresholded {
            if (!Double.isFinite(threshold)) {
                throw new IllegalArgumentException("threshold: expected a finite number, found " + threshold);
            }
        }

        @Override
        public Values encoded(Values in) {
            return Values.BINARY;
        }

        @Override
        public void encodeRow(Values in, int row, Generator rng, float[] data, int offset, int length) {
            double limit = in == Values.GREY ? threshold * 255 : threshold;
            for (int i = offset; i < offset + length; i++) {
                data[i] = data[i] > limit ? 1 : 0;
            }
        }
    }

    /**
     * Each column shifted and scaled: (x − mean) / deviation.
     *
     * @param mean what is subtracted, by column
     * @param deviation what is divided by, by column
     */
    record Standardised(List<Double> mean, List<Double> deviation) implements Encoding {
        /**
         * Checks and copies the columns' numbers.
         *
         * @throws IllegalArgumentException if the lists differ in length, a number is not finite, or a deviation is not
         *     positive
         */
        public Standardised {
            mean = List.copyOf(mean);
            deviation = List.copyOf(deviation);
            if (mean.size() != deviation.size()) {
                throw new IllegalArgumentException("deviation: expected %d columns as in the mean, found %d"
                        .formatted(mean.size(), deviation.size()));
            }
            if (!mean.stream().allMatch(Double::isFinite)
                    || !deviation.stream().allMatch(d -> Double.isFinite(d) && d > 0)) {
                throw new IllegalArgumentException("standardised: expected finite means and positive deviations, found "
                        + mean + " and " + deviation);
            }
        }

        /**
         * The means and standard deviations (over n) of a data set's columns, in one pass (Welford, Technometrics 1962);
         * a column that never varies is shifted but not scaled.
         */
        public static Standardised of(Dataset training) {
            int n = training.shape().size();
            float[] row = new float[n];
            double[] mean = new double[n];
            double[] squares = new double[n];
            for (int r = 0; r < training.size(); r++) {
                training.copyRow(r, row, 0);
                for (int i = 0; i < n; i++) {
                    double before = row[i] - mean[i];
                    mean[i] += before / (r + 1);
                    squares[i] += before * (row[i] - mean[i]);
                }
            }
            List<Double> means = new ArrayList<>(n);
            List<Double> deviations = new ArrayList<>(n);
            for (int i = 0; i < n; i++) {
                means.add(mean[i]);
                double deviation = Math.sqrt(squares[i] / training.size());
                deviations.add(deviation > 0 ? deviation : 1);
            }
            return new Standardised(means, deviations);
        }

        @Override
        public Values encoded(Values in) {
            return Values.REAL;
        }

        @Override
        public void encodeRow(Values in, int row, Generator rng, float[] data, int offset, int length) {
            if (length != mean.size()) {
                throw new IllegalArgumentException(
                        "data: expected %d columns, found %d".formatted(mean.size(), length));
            }
            for (int i = 0; i < length; i++) {
                data[offset + i] = (float) ((data[offset + i] - mean.get(i)) / deviation.get(i));
            }
        }
    }

    private static IllegalArgumentException unfit(String how) {
        return new IllegalArgumentException("values: expected binary values, 8-bit pixels or numbers from 0 to 1 to be "
                + how + ", found numbers of any size");
    }
}
