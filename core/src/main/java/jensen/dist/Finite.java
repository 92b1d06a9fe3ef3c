package jensen.dist;

import jensen.tensor.Tensor;

/** A distribution whose events have finitely many values, so that an expectation is a sum over them. */
public sealed interface Finite extends Distribution permits Bernoulli, OneHot {
    /** S, the number of values that an event can have; {@link Long#MAX_VALUE} where it is as many or more. */
    long states();

    /**
     * Every value, {@code [S, X]}.
     *
     * @throws ArithmeticException if there are more than an array holds
     */
    Tensor support();

    /**
     * log-masses of values under each of a list of distributions, as a product of matrices: log-masses are linear in x.
     *
     * @param x {@code […, X]}; this distribution has parameters {@code [M, X]}
     * @return {@code […, M]}, in nats
     */
    Tensor logProbOfPairs(Tensor x);

    /** The standard deviation of each element, {@code […, X]}. */
    Tensor standardDeviation();

    /**
     * The distribution of the same kind with a mean, whose probabilities are kept off 0 and 1 by 1e-12.
     *
     * @param mean {@code […, X]}, of float64
     */
    Finite withMean(Tensor mean);

    /** The most probable value, {@code […, X]}. */
    Tensor mode();

    @Override
    Finite detach();

    /** Keeps a logarithm of a probability finite. */
    double LEAST = 1e-12;

    /**
     * Every number of so many digits, the last running fastest: {@code [base^digits][digits]}.
     *
     * @throws ArithmeticException if there are more than an array holds
     */
    static int[][] numbers(int base, int digits) {
        int[][] all = new int[Math.toIntExact(power(base, digits))][digits];
        for (int n = 0; n < all.length; n++) {
            int rest = n;
            for (int d = digits - 1; d >= 0; d--) {
                all[n][d] = rest % base;
                rest /= base;
            }
        }
        return all;
    }

    /** base^exponent; {@link Long#MAX_VALUE} where it is as much or more. */
    static long power(long base, long exponent) {
        long product = 1;
        for (long i = 0; i < exponent; i++) {
            if (product > Long.MAX_VALUE / base) {
                return Long.MAX_VALUE;
            }
            product *= base;
        }
        return product;
    }
}
