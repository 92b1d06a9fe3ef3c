package jensen.tensor;

/** Convolutions by their definition, at stride 2 and padding 1 with kernels [3, 3]. */
final class Convolutions {
    private Convolutions() {}

    /** Images [2, 3, 5, 4], kernels [2, 3, 3, 3], bias [2]: → [2, 2, 3, 2]. */
    static double[] forward(double[] images, double[] kernels, double[] bias) {
        double[] y = new double[2 * 2 * 3 * 2];
        for (int at = 0; at < y.length; at++) {
            int column = at % 2;
            int row = at / 2 % 3;
            int out = at / 6 % 2;
            int image = at / 12;
            y[at] = bias[out];
            for (int k = 0; k < 27; k++) {
                int in = k / 9;
                int r = 2 * row - 1 + k / 3 % 3;
                int c = 2 * column - 1 + k % 3;
                if (r >= 0 && r < 5 && c >= 0 && c < 4) {
                    y[at] += images[((image * 3 + in) * 5 + r) * 4 + c] * kernels[out * 27 + k];
                }
            }
        }
        return y;
    }

    /** Images [2, 2, 3, 2], kernels [2, n, 3, 3], bias [n], one extra row: → [2, n, 6, 3]. */
    static double[] transposed(double[] images, double[] kernels, double[] bias) {
        int n = bias.length;
        double[] y = new double[2 * n * 6 * 3];
        for (int at = 0; at < y.length; at++) {
            y[at] = bias[at / 18 % n];
        }
        for (int at = 0; at < images.length; at++) {
            int column = at % 2;
            int row = at / 2 % 3;
            int in = at / 6 % 2;
            int image = at / 12;
            for (int k = 0; k < 9 * n; k++) {
                int out = k / 9;
                int r = 2 * row - 1 + k / 3 % 3;
                int c = 2 * column - 1 + k % 3;
                if (r >= 0 && r < 6 && c >= 0 && c < 3) {
                    y[((image * n + out) * 6 + r) * 3 + c] += images[at] * kernels[in * 9 * n + k];
                }
            }
        }
        return y;
    }
}
