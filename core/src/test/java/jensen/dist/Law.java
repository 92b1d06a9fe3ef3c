package jensen.dist;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.stream.IntStream;
import jensen.statcheck.Quadrature;
import jensen.tensor.Scope;
import jensen.tensor.Shapes;
import jensen.tensor.Tensor;

/**
 * A kind of distribution at one setting of its parameters, and what the laws need to know of it.
 *
 * @param type the record under test
 * @param parameters the parameters of one element of the event, each a number, or a vector where it has a further axis
 * @param make the distribution with the given parameters
 * @param support where it has its mass
 */
record Law(Class<? extends Distribution> type, List<double[]> parameters, Make make, Support support) {
    /** A constructor. */
    interface Make extends Function<List<Tensor>, Distribution> {}

    /** Where a distribution has its mass: over it, functions are integrated or summed. */
    sealed interface Support {
        /** ∫ f, or Σ f. */
        double total(DoubleUnaryOperator f);

        /** Neighbouring pieces that cover all but a mass of 1e-12, as functions to their integrals. */
        List<Piece> pieces();

        /** Values at which densities are compared. */
        double[] values();
    }

    /** A part of a support: from {@code from}, inclusive, to {@code to}, exclusive unless it is the last. */
    record Piece(double from, double to) {}

    /** An interval, beyond which there is no mass worth 1e-12. */
    record Interval(double low, double high) implements Support {
        @Override
        public double total(DoubleUnaryOperator f) {
            double width = (high - low) / 4;
            return IntStream.range(0, 4)
                    .mapToDouble(i -> Quadrature.interval(f, low + i * width, low + (i + 1) * width))
                    .sum();
        }

        @Override
        public List<Piece> pieces() {
            double width = (high - low) / 24;
            return IntStream.range(0, 24)
                    .mapToObj(i -> new Piece(low + i * width, i == 23 ? high : low + (i + 1) * width))
                    .toList();
        }

        @Override
        public double[] values() {
            return IntStream.range(0, 7)
                    .mapToDouble(i -> low + (high - low) * (0.31 + 0.07 * i))
                    .toArray();
        }
    }

    /** 0 … size − 1. */
    record Whole(int size) implements Support {
        @Override
        public double total(DoubleUnaryOperator f) {
            return IntStream.range(0, size).mapToDouble(f::applyAsDouble).sum();
        }

        @Override
        public List<Piece> pieces() {
            return IntStream.range(0, size).mapToObj(i -> new Piece(i, i + 1)).toList();
        }

        @Override
        public double[] values() {
            return IntStream.of(0, 1, size / 2, size - 2, size - 1)
                    .distinct()
                    .mapToDouble(i -> i)
                    .toArray();
        }
    }

    /** Every kind of distribution, each at settings of different character. */
    static List<Law> all() {
        return List.of(
                normal(0, 0),
                normal(-1.3, 2.5),
                normal(40, -6),
                multivariateNormal(-1.3, 2.5),
                lowRankNormal(0.7, -1.1, 0.9),
                lowRankNormal(-20, -9, 3),
                flow(0.4, -0.5, 2.3, 1.2, -0.7),
                flow(-3, 1, -0.8, 0.9, 0.5),
                mixture(1.4, -0.8),
                normalMixture(-0.6, 1.1),
                chain(0.3, -0.8),
                binaryConcrete(0.4, 0.5),
                binaryConcrete(-2, 1.3),
                bernoulli(0),
                bernoulli(-1.7),
                bernoulli(4),
                continuousBernoulli(0),
                continuousBernoulli(0.06),
                continuousBernoulli(-0.3),
                continuousBernoulli(5),
                continuousBernoulli(-25),
                categorical(0.3, -0.2),
                categorical(1.5, 2.5, -3.5, 0, -1),
                discretizedLogistic(131.3, 2.2),
                discretizedLogistic(-4, 3.5),
                discretizedLogistic(254.8, -1));
    }

    static Law normal(double mean, double logVariance) {
        double reach = 9 * Math.exp(logVariance / 2);
        return new Law(
                DiagonalNormal.class,
                List.of(one(mean), one(logVariance)),
                p -> new DiagonalNormal(p.get(0), p.get(1)),
                new Interval(mean - reach, mean + reach));
    }

    /** With independent components, so that its density is that of its elements. */
    static Law multivariateNormal(double mean, double logVariance) {
        return new Law(
                MultivariateNormal.class,
                List.of(one(mean), one(logVariance)),
                p -> MultivariateNormal.of(new DiagonalNormal(p.get(0), p.get(1)))
                        .orElseThrow(),
                normal(mean, logVariance).support());
    }

    /** With as many columns as elements, each of which moves one element alone. */
    static Law lowRankNormal(double mean, double logVariance, double factor) {
        return new Law(
                LowRankNormal.class,
                List.of(one(mean), one(logVariance), one(factor)),
                p -> new LowRankNormal(
                        p.get(0), p.get(1), p.get(2).unsqueeze(-1).mul(MultivariateNormal.identity(p.get(2)))),
                normal(mean, Math.log(Math.exp(logVariance) + factor * factor)).support());
    }

    /** z ↦ z + r tanh(s z + b) of each element alone. */
    static Law flow(double mean, double logVariance, double r, double s, double b) {
        double reach = 9 * Math.exp(logVariance / 2) + Math.abs(r);
        return new Law(
                Flow.class,
                List.of(one(mean), one(logVariance), one(r), one(s), one(b)),
                p -> {
                    Tensor identity = MultivariateNormal.identity(p.get(0));
                    Transform step = new Sylvester(
                            identity,
                            p.get(2).unsqueeze(-1).mul(identity),
                            p.get(3).unsqueeze(-1).mul(identity),
                            p.get(4));
                    return new Flow(new DiagonalNormal(p.get(0), p.get(1)), List.of(step));
                },
                new Interval(mean - reach, mean + reach));
    }

    /** Of one component, so that its density is that of its elements; of several in its own test. */
    static Law mixture(double mean, double logVariance) {
        return new Law(
                Mixture.class,
                List.of(one(mean), one(logVariance)),
                p -> new Mixture(
                        p.get(0).narrow(-1, 0, 1).mul(0),
                        new DiagonalNormal(p.get(0).unsqueeze(-2), p.get(1).unsqueeze(-2))),
                normal(mean, logVariance).support());
    }

    /** Likewise of one component. */
    static Law normalMixture(double mean, double logVariance) {
        return new Law(
                NormalMixture.class,
                List.of(one(mean), one(logVariance)),
                p -> new NormalMixture(
                        p.get(0).narrow(-1, 0, 1).mul(0),
                        new DiagonalNormal(p.get(0).unsqueeze(-2), p.get(1).unsqueeze(-2))),
                normal(mean, logVariance).support());
    }

    /** Half of the elements in each layer, the second free of the first; of layers that depend on each other in its own test. */
    static Law chain(double mean, double logVariance) {
        return new Law(
                Chain.class,
                List.of(one(mean), one(logVariance)),
                p -> {
                    long n = p.get(0).size(-1);
                    return new Chain(
                            new DiagonalNormal(
                                    p.get(0).narrow(-1, 0, n / 2), p.get(1).narrow(-1, 0, n / 2)),
                            new Free(
                                    p.get(0).narrow(-1, n / 2, n - n / 2),
                                    p.get(1).narrow(-1, n / 2, n - n / 2)),
                            false);
                },
                normal(mean, logVariance).support());
    }

    /** The same whatever is before. */
    private record Free(Tensor mean, Tensor logVariance) implements Chain.Given {
        @Override
        public Reparameterised at(Tensor a) {
            Tensor batch = a.sum(-1).unsqueeze(-1).mul(0);
            return new DiagonalNormal(mean.add(batch), logVariance);
        }

        @Override
        public Chain.Given detach() {
            return new Free(mean.detach(), logVariance.detach());
        }
    }

    /** Logistic, of scale 1/τ. */
    static Law binaryConcrete(double logit, double temperature) {
        double reach = 34 / temperature;
        return new Law(
                BinaryConcrete.class,
                List.of(one(logit)),
                p -> new BinaryConcrete(new Bernoulli(p.get(0)), temperature),
                new Interval(logit / temperature - reach, logit / temperature + reach));
    }

    static Law bernoulli(double logit) {
        return new Law(Bernoulli.class, List.of(one(logit)), p -> new Bernoulli(p.get(0)), new Whole(2));
    }

    static Law continuousBernoulli(double logit) {
        return new Law(
                ContinuousBernoulli.class,
                List.of(one(logit)),
                p -> new ContinuousBernoulli(p.get(0)),
                new Interval(0, 1));
    }

    static Law categorical(double... logits) {
        return new Law(Categorical.class, List.of(logits), p -> new Categorical(p.get(0)), new Whole(logits.length));
    }

    static Law discretizedLogistic(double location, double logScale) {
        return new Law(
                DiscretizedLogistic.class,
                List.of(one(location), one(logScale)),
                p -> new DiscretizedLogistic(p.get(0), p.get(1)),
                new Whole(DiscretizedLogistic.MAX + 1));
    }

    private static double[] one(double value) {
        return new double[] {value};
    }

    /** How far the mean may be from the integral, in standard deviations: a flow's is that of 128 fixed draws. */
    double slack() {
        return type == Flow.class ? 5 / Math.sqrt(128) : 0;
    }

    /** Whether all values of the support are whole numbers. */
    boolean discrete() {
        return support instanceof Whole;
    }

    /** The distribution of one element, in float64: events {@code [1]} without a batch. */
    Distribution single() {
        return make.apply(tensors(1));
    }

    /** The parameters, the same for each element of a shape {@code […, X]}. */
    List<Tensor> tensors(long... shape) {
        return of(
                IntStream.range(0, (int) Shapes.count(shape))
                        .mapToObj(i -> parameters)
                        .toList(),
                shape);
    }

    /** Parameters that differ between the elements: each is moved by noise of standard deviation 0.2. */
    List<List<double[]>> varied(int count, long seed) {
        Random noise = new Random(seed);
        return IntStream.range(0, count)
                .mapToObj(i -> parameters.stream()
                        .map(p -> Arrays.stream(p)
                                .map(v -> v + 0.2 * noise.nextGaussian())
                                .toArray())
                        .toList())
                .toList();
    }

    /** Tensors {@code […, X]}, with a further axis inside where a parameter is a vector, from each element's parameters. */
    List<Tensor> of(List<List<double[]>> elements, long... shape) {
        return IntStream.range(0, parameters.size())
                .mapToObj(p -> {
                    int inner = parameters.get(p).length;
                    double[] values = elements.stream()
                            .flatMapToDouble(e -> Arrays.stream(e.get(p)))
                            .toArray();
                    return Tensor.of(values, inner == 1 ? shape : Shapes.append(shape, inner));
                })
                .toList();
    }

    /** The distribution with all of its parameters one after the other in one leaf. */
    Distribution from(Tensor leaf) {
        List<Tensor> parts = new java.util.ArrayList<>();
        long from = 0;
        for (double[] p : parameters) {
            Tensor part = leaf.narrow(0, from, p.length);
            parts.add(p.length == 1 ? part : part.reshape(1, p.length));
            from += p.length;
        }
        return make.apply(parts);
    }

    /** All parameters one after the other. */
    double[] flat() {
        return parameters.stream().flatMapToDouble(Arrays::stream).toArray();
    }

    /** log p(x) of one element. */
    static double logProb(Distribution d, double x) {
        try (Scope scope = new Scope()) {
            return d.logProb(Tensor.of(new double[] {x}, 1)).item();
        }
    }

    /** E[f(x)] by quadrature or sum. */
    double expectation(DoubleUnaryOperator f) {
        try (Scope scope = new Scope()) {
            Distribution d = single();
            return support.total(x -> Math.exp(logProb(d, x)) * f.applyAsDouble(x));
        }
    }

    @Override
    public String toString() {
        return type.getSimpleName() + parameters.stream().map(Arrays::toString).toList();
    }
}
