package jensen.infer;

import java.util.List;
import jensen.tensor.Tensor;

/**
 * Where a parameter's values lie, as the image of a space of real coordinates u without bounds.
 *
 * <p>The maps act on the innermost axis, from {@code free(size)} coordinates to {@code size} values; where the values obey
 * constraints (they sum to one, or lie above a diagonal), densities on them are with respect to the first of the values, as
 * many as there are coordinates, in row-major order and zeros not counted.
 *
 * @see <a href="https://mc-stan.org/docs/reference-manual/transforms.html">Stan reference manual, Constraint transforms</a>
 */
public sealed interface Support {
    /**
     * The number of coordinates of this many values.
     *
     * @throws IllegalArgumentException if so many values cannot have this support
     */
    int free(int size);

    /** x(u), {@code […, free]} to {@code […, size]}. */
    Tensor constrain(Tensor u);

    /** log |det ∂x/∂u|, {@code […, free]} to {@code […]}, in nats. */
    Tensor logDeterminant(Tensor u);

    /** u(x), {@code […, size]} to {@code […, free]}; not finite where x is not in the support. */
    Tensor unconstrain(Tensor x);

    /** All real numbers. */
    record Real() implements Support {
        @Override
        public int free(int size) {
            return size;
        }

        @Override
        public Tensor constrain(Tensor u) {
            return u;
        }

        @Override
        public Tensor logDeterminant(Tensor u) {
            return u.zerosLike().sum(-1);
        }

        @Override
        public Tensor unconstrain(Tensor x) {
            return x;
        }
    }

    /** The positive numbers: x = eᵘ. */
    record Positive() implements Support {
        @Override
        public int free(int size) {
            return size;
        }

        @Override
        public Tensor constrain(Tensor u) {
            return u.exp();
        }

        @Override
        public Tensor logDeterminant(Tensor u) {
            return u.sum(-1);
        }

        @Override
        public Tensor unconstrain(Tensor x) {
            return x.log();
        }
    }

    /**
     * The numbers between two bounds: x = low + (high − low) σ(u).
     *
     * @param low the lower bound
     * @param high the upper bound
     */
    record Interval(double low, double high) implements Support {
        /** @throws IllegalArgumentException if the bounds are not finite and in order */
        public Interval {
            if (!(low < high) || Double.isInfinite(low) || Double.isInfinite(high)) {
                throw new IllegalArgumentException(
                        "low and high must be finite and low < high, were " + low + " and " + high);
            }
        }

        @Override
        public int free(int size) {
            return size;
        }

        @Override
        public Tensor constrain(Tensor u) {
            return u.sigmoid().mul(high - low).add(low);
        }

        /** Σ log (high − low) + log σ(u) + log σ(−u). */
        @Override
        public Tensor logDeterminant(Tensor u) {
            return logSigmoids(u).add(Math.log(high - low)).sum(-1);
        }

        @Override
        public Tensor unconstrain(Tensor x) {
            return x.add(-low).log().sub(x.neg().add(high).log());
        }
    }

    /**
     * Positive numbers that sum to one, by breaking a stick: x_i is the fraction z_i = σ(u_i − log (n − i)) of what x_1 …
     * x_{i−1} left, so that u = 0 is the centre.
     */
    record Simplex() implements Support {
        @Override
        public int free(int size) {
            return atLeast(2, size, this) - 1;
        }

        @Override
        public Tensor constrain(Tensor u) {
            Tensor v = u.add(offset(u));
            Tensor last = v.softplus().sum(-1).neg().unsqueeze(-1);
            return Tensor.concat(List.of(v.neg().softplus().neg().add(left(v)), last), -1)
                    .exp();
        }

        /** Σ log z_i + log (1 − z_i) + log of what was left. */
        @Override
        public Tensor logDeterminant(Tensor u) {
            Tensor v = u.add(offset(u));
            return logSigmoids(v).add(left(v)).sum(-1);
        }

        @Override
        public Tensor unconstrain(Tensor x) {
            int n = Math.toIntExact(x.size(-1));
            Tensor after = x.matmul(Triangle.ones(x, n, n, (i, j) -> i > j));
            Tensor v = x.log().sub(after.log()).narrow(-1, 0, n - 1);
            return v.sub(offset(v));
        }

        /** log of what x_1 … x_{i−1} leave: Σ_{j<i} log (1 − z_j). */
        private static Tensor left(Tensor v) {
            int n = Math.toIntExact(v.size(-1));
            return v.softplus().neg().matmul(Triangle.ones(v, n, n, (j, i) -> j < i));
        }

        private static Tensor offset(Tensor u) {
            int n = Math.toIntExact(u.size(-1));
            double[] logs = new double[n];
            for (int i = 0; i < n; i++) {
                logs[i] = -Math.log((double) n - i);
            }
            return Tensor.of(logs, u.device(), n).to(u.dtype());
        }
    }

    /** Numbers in ascending order: x_1 = u_1, x_i = x_{i−1} + exp u_i. */
    record Ordered() implements Support {
        @Override
        public int free(int size) {
            return atLeast(1, size, this);
        }

        @Override
        public Tensor constrain(Tensor u) {
            int n = Math.toIntExact(u.size(-1));
            return Tensor.concat(List.of(u.narrow(-1, 0, 1), steps(u).exp()), -1)
                    .matmul(Triangle.ones(u, n, n, (j, i) -> j <= i));
        }

        @Override
        public Tensor logDeterminant(Tensor u) {
            return steps(u).sum(-1);
        }

        @Override
        public Tensor unconstrain(Tensor x) {
            long n = x.size(-1);
            Tensor steps = x.narrow(-1, 1, n - 1).sub(x.narrow(-1, 0, n - 1));
            return Tensor.concat(List.of(x.narrow(-1, 0, 1), steps.log()), -1);
        }

        private static Tensor steps(Tensor u) {
            return u.narrow(-1, 1, u.size(-1) - 1);
        }
    }

    /** Lower-triangular matrices L with a positive diagonal, the factors of covariance matrices L Lᵀ: L_ii = exp u_ii. */
    record CholeskyCovariance() implements Support {
        @Override
        public int free(int size) {
            int n = Triangle.rows(size, 1, this);
            return n * (n + 1) / 2;
        }

        @Override
        public Tensor constrain(Tensor u) {
            Triangle t = Triangle.withDiagonal(u.size(-1));
            return u.matmul(t.place(u)).add(t.diagonal(u).exp().matmul(t.placeDiagonal(u)));
        }

        @Override
        public Tensor logDeterminant(Tensor u) {
            return Triangle.withDiagonal(u.size(-1)).diagonal(u).sum(-1);
        }

        @Override
        public Tensor unconstrain(Tensor x) {
            Triangle t = Triangle.withDiagonal(free(Math.toIntExact(x.size(-1))));
            Tensor logs = x.matmul(t.placeDiagonal(x).transpose(0, 1)).log();
            return x.matmul(t.place(x).transpose(0, 1))
                    .add(logs.matmul(t.selectDiagonal(x).transpose(0, 1)));
        }
    }

    /**
     * Lower-triangular matrices L with rows of length one and a positive diagonal, the factors of correlation matrices
     * L Lᵀ: L_ij = tanh u_ij · √(1 − Σ_{k<j} L_ik²).
     */
    record CholeskyCorrelation() implements Support {
        @Override
        public int free(int size) {
            int n = Triangle.rows(size, 2, this);
            return n * (n - 1) / 2;
        }

        @Override
        public Tensor constrain(Tensor u) {
            Triangle t = Triangle.strict(u.size(-1));
            Tensor shrink = shrink(u);
            Tensor off = u.tanh().mul(left(t, shrink).mul(0.5).exp());
            Tensor diagonal = shrink.matmul(t.sumOfRow(u)).mul(0.5).exp();
            return off.matmul(t.place(u)).add(diagonal.matmul(t.placeDiagonal(u)));
        }

        /** Σ log (1 − tanh² u_ij) + ½ log (1 − Σ_{k<j} L_ik²). */
        @Override
        public Tensor logDeterminant(Tensor u) {
            Tensor shrink = shrink(u);
            return shrink.add(left(Triangle.strict(u.size(-1)), shrink).mul(0.5))
                    .sum(-1);
        }

        @Override
        public Tensor unconstrain(Tensor x) {
            Triangle t = Triangle.strict(free(Math.toIntExact(x.size(-1))));
            Tensor off = x.matmul(t.place(x).transpose(0, 1));
            Tensor left = off.square().matmul(t.before(x)).neg().add(1).sqrt();
            Tensor z = off.div(left);
            return z.log1p().sub(z.neg().log1p()).mul(0.5);
        }

        /** log (1 − tanh² u) = log 4 + log σ(2u) + log σ(−2u). */
        private static Tensor shrink(Tensor u) {
            return logSigmoids(u.mul(2)).add(Math.log(4));
        }

        /** log (1 − Σ_{k<j} L_ik²), which is Σ_{k<j} log (1 − tanh² u_ik). */
        private static Tensor left(Triangle t, Tensor shrink) {
            return shrink.matmul(t.before(shrink));
        }
    }

    /** log σ(u) + log σ(−u). */
    private static Tensor logSigmoids(Tensor u) {
        return u.softplus().add(u.neg().softplus()).neg();
    }

    private static int atLeast(int least, int size, Support support) {
        if (size < least) {
            throw new IllegalArgumentException("size of a " + support + " must be ≥ " + least + ", was " + size);
        }
        return size;
    }
}
