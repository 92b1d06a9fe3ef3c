package jensen.model;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import jensen.data.Values;
import jensen.dist.Distribution;
import jensen.dist.Finite;
import jensen.dist.MultivariateNormal;
import jensen.net.Parameters;
import jensen.net.Slot;
import jensen.tensor.Shapes;
import jensen.tensor.Tensor;

/** Families of vectors whose elements depend on each other: what q(z|x) can be beyond independent normals and bits. */
public sealed interface CorrelatedFamily extends Family
        permits CorrelatedFamily.OneHot,
                CorrelatedFamily.FullNormal,
                CorrelatedFamily.LowRankNormal,
                CorrelatedFamily.NormalMixture,
                FlowFamily {
    @Override
    default List<Slot> slots(int event) {
        return List.of();
    }

    @Override
    default boolean fits(Values values) {
        return true;
    }

    /** The outputs begin with the mean. */
    @Override
    default double[] bias(double[] mean) {
        return Arrays.copyOf(mean, outputs(mean.length));
    }

    /**
     * Independent variables of some classes, each written as so many elements, one of which is 1; the outputs are the
     * unnormalised log-probabilities.
     *
     * @param classes the classes of a variable, C; events have a multiple of C elements
     */
    record OneHot(int classes) implements CorrelatedFamily {
        /** @throws IllegalArgumentException for fewer than two classes */
        public OneHot {
            if (classes < 2) {
                throw new IllegalArgumentException("classes must be ≥ 2, was " + classes);
            }
        }

        @Override
        public String name() {
            return "one-hot:" + classes;
        }

        @Override
        public int outputs(int event) {
            return event;
        }

        @Override
        public Distribution of(Parameters w, Tensor outputs, int event) {
            return new jensen.dist.OneHot(outputs, classes);
        }

        /** No data are written so. */
        @Override
        public boolean fits(Values values) {
            return false;
        }

        @Override
        public OptionalLong states(int event) {
            return OptionalLong.of(Finite.power(classes, event / classes));
        }

        /** Equal probabilities. */
        @Override
        public double[] bias(double[] mean) {
            return new double[mean.length];
        }
    }

    /**
     * N(μ, L Lᵀ) with any covariance; the outputs are μ, log L_ii, and L_ij for j < i row by row.
     *
     * @see <a href="https://arxiv.org/abs/1906.02691">Kingma and Welling 2019, arXiv 1906.02691, §2.5.1</a>
     */
    record FullNormal() implements CorrelatedFamily {
        @Override
        public String name() {
            return "full-normal";
        }

        @Override
        public int outputs(int event) {
            return Math.addExact(event, Math.multiplyExact(event, event + 1) / 2);
        }

        @Override
        public Distribution of(Parameters w, Tensor outputs, int event) {
            Tensor scale = outputs.narrow(-1, event, event).exp();
            Tensor below = outputs.narrow(-1, 2L * event, outputs.size(-1) - 2L * event);
            return new MultivariateNormal(outputs.narrow(-1, 0, event), triangular(scale, below, event));
        }
    }

    /**
     * N(μ, diag σ² + F Fᵀ); the outputs are μ, log σ², and the columns of F.
     *
     * @param rank the number of columns, R
     */
    record LowRankNormal(int rank) implements CorrelatedFamily {
        /** @throws IllegalArgumentException if the rank is not positive */
        public LowRankNormal {
            requirePositive("rank", rank);
        }

        @Override
        public String name() {
            return "low-rank-normal:" + rank;
        }

        @Override
        public int outputs(int event) {
            return Math.multiplyExact(event, rank + 2);
        }

        @Override
        public Distribution of(Parameters w, Tensor outputs, int event) {
            long[] batch = Shapes.batch(outputs.shape());
            Tensor columns =
                    outputs.narrow(-1, 2L * event, (long) event * rank).reshape(Shapes.append(batch, rank, event));
            return new jensen.dist.LowRankNormal(
                    outputs.narrow(-1, 0, event), outputs.narrow(-1, event, event), columns.transpose(-1, -2));
        }
    }

    /**
     * Σ_m π_m N(μ_m, diag σ_m²); the outputs are μ_m of each component in turn, log σ_m² likewise, and log π unnormalised.
     *
     * <p>To the outputs is added a constant that sets the components apart, since equal ones would stay equal: outputs of zero
     * are a mixture whose elements have mean 0 and variance 1, its components on a circle in each pair of dimensions.
     *
     * @param components M
     * @see jensen.dist.NormalMixture
     */
    record NormalMixture(int components) implements CorrelatedFamily {
        /** @throws IllegalArgumentException if the number of components is not positive */
        public NormalMixture {
            requirePositive("components", components);
        }

        @Override
        public String name() {
            return "normal-mixture:" + components;
        }

        @Override
        public int outputs(int event) {
            return Math.multiplyExact(components, Math.addExact(Math.multiplyExact(2, event), 1));
        }

        @Override
        public double[] bias(double[] mean) {
            double[] bias = new double[outputs(mean.length)];
            for (int m = 0; m < components; m++) {
                System.arraycopy(mean, 0, bias, m * mean.length, mean.length);
            }
            return bias;
        }

        @Override
        public Distribution of(Parameters w, Tensor outputs, int event) {
            long[] each = Shapes.append(Shapes.batch(outputs.shape()), components, event);
            long width = (long) components * event;
            Tensor apart = apart(event, outputs);
            Tensor within = apart.square().mean(0).neg().log1p();
            return new jensen.dist.NormalMixture(
                    outputs.narrow(-1, 2 * width, components),
                    new jensen.dist.DiagonalNormal(
                            outputs.narrow(-1, 0, width).reshape(each).add(apart),
                            outputs.narrow(-1, width, width).reshape(each).add(within)));
        }

        /** Where the components are at outputs of zero, {@code [M, X]}: of mean 0, and of variance 1/(X + 1) in each element. */
        private Tensor apart(int event, Tensor like) {
            double[] places = new double[components * event];
            double radius = components == 1 ? 0 : Math.sqrt(2.0 / (event + 1));
            for (int i = 0; i < places.length; i++) {
                // a quarter of a step turned, so that no two components share a place along either axis
                int component = i / event;
                double angle = 2 * Math.PI * (component + 0.25) / components;
                places[i] = radius * (i % event % 2 == 0 ? Math.cos(angle) : Math.sin(angle));
            }
            return Tensor.of(places, like.device(), components, event).to(like.dtype());
        }
    }

    /** A lower-triangular matrix, {@code […, n, n]}, from its diagonal and what is below it, row by row. */
    static Tensor triangular(Tensor diagonal, Tensor below, int n) {
        long[] batch = Shapes.batch(diagonal.shape());
        Tensor zero = diagonal.narrow(-1, 0, 1).zerosLike();
        Tensor entries = Tensor.concat(List.of(diagonal, below, zero), -1);
        int last = n + n * (n - 1) / 2;
        long[] place = new long[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                place[i * n + j] = i == j ? i : j < i ? n + i * (i - 1) / 2 + j : last;
            }
        }
        Tensor index = Tensor.of(place, entries.device(), place.length);
        return entries.gather(index.expand(Shapes.append(batch, place.length))).reshape(Shapes.append(batch, n, n));
    }

    /**
     * Refuses a size that is not positive.
     *
     * @throws IllegalArgumentException that names it and says what it is
     */
    static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be ≥ 1, was " + value);
        }
    }
}
