package jensen.infer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import jensen.tensor.Tensor;

/**
 * The entries of a lower triangle, row by row, as a vector, and the constant matrices that move them.
 *
 * @param n rows of the matrix
 * @param entries row and column of each entry
 */
record Triangle(int n, List<int[]> entries) {
    /** The triangle with its diagonal that has this many entries. */
    static Triangle withDiagonal(long entries) {
        return of(Math.toIntExact(Math.round(Math.sqrt(2.0 * entries + 0.25) - 0.5)), 0);
    }

    /** The triangle below the diagonal that has this many entries. */
    static Triangle strict(long entries) {
        return of(Math.toIntExact(Math.round(Math.sqrt(2.0 * entries + 0.25) + 0.5)), 1);
    }

    private static Triangle of(int n, int below) {
        List<int[]> entries = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i - below; j++) {
                entries.add(new int[] {i, j});
            }
        }
        return new Triangle(n, entries);
    }

    /**
     * The rows of a square matrix with this many elements.
     *
     * @throws IllegalArgumentException if there is no such matrix, or it has fewer than {@code least} rows
     */
    static int rows(int size, int least, Support support) {
        int n = (int) Math.round(Math.sqrt(size));
        if (n * n != size || n < least) {
            throw new IllegalArgumentException(
                    "size of a " + support + " must be n² with n ≥ " + least + ", was " + size);
        }
        return n;
    }

    /** Entries off the diagonal to their places, {@code [entries, n²]}. */
    Tensor place(Tensor like) {
        return ones(like, entries.size(), n * n, (e, at) -> row(e) != column(e) && at == row(e) * n + column(e));
    }

    /** A diagonal to its places, {@code [n, n²]}. */
    Tensor placeDiagonal(Tensor like) {
        return ones(like, n, n * n, (i, at) -> at == i * (n + 1));
    }

    /** Those on the diagonal, {@code […, entries]} to {@code […, n]}. */
    Tensor diagonal(Tensor u) {
        return u.matmul(selectDiagonal(u));
    }

    /** Entries to those on the diagonal, {@code [entries, n]}. */
    Tensor selectDiagonal(Tensor like) {
        return ones(like, entries.size(), n, (e, i) -> row(e) == i && column(e) == i);
    }

    /** Entries to their sum in each row, {@code [entries, n]}. */
    Tensor sumOfRow(Tensor like) {
        return ones(like, entries.size(), n, (e, i) -> row(e) == i);
    }

    /** Entries to the sum of those before each in its row, {@code [entries, entries]}. */
    Tensor before(Tensor like) {
        return ones(like, entries.size(), entries.size(), (e, f) -> row(e) == row(f) && column(e) < column(f));
    }

    /** The matrix of ones where the condition on row and column holds, and zeros elsewhere. */
    static Tensor ones(Tensor like, int rows, int columns, BiPredicate<Integer, Integer> where) {
        double[] values = new double[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = where.test(i / columns, i % columns) ? 1 : 0;
        }
        return Tensor.of(values, like.device(), rows, columns).to(like.dtype());
    }

    private int row(int entry) {
        return entries.get(entry)[0];
    }

    private int column(int entry) {
        return entries.get(entry)[1];
    }
}
