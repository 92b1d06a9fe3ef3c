package jensen.gradient;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import jensen.bound.Bound;
import jensen.bound.Elbo;
import jensen.data.Batch;
import jensen.data.Values;
import jensen.dist.DiagonalNormal;
import jensen.dist.Distribution;
import jensen.dist.Draw;
import jensen.dist.Relaxed;
import jensen.model.Conditional;
import jensen.model.Family;
import jensen.model.LogWeights;
import jensen.model.Model;
import jensen.model.Prior;
import jensen.net.Initialiser;
import jensen.net.Parameters;
import jensen.net.Slot;
import jensen.tensor.Autograd;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;

/**
 * One datum under a discrete z, small enough that the noise of an estimator can be summed over: x ~ N(a · z, 1), p(z) of
 * logits b, q(z|x) of logits l.
 *
 * <p>Every combination of K draws is a copy of the datum, and a draw is the combination, so that one estimate has all draws that
 * there are; its mean weights each with its probability.
 *
 * @param family of z
 * @param values of z, each {@code [D]}
 * @param samples K
 */
record Discrete(Family family, double[][] values, int samples) {
    static final double X = 0.7;

    static Discrete bits(int samples) {
        return new Discrete(new Family.Bernoulli(), new double[][] {{0, 0}, {0, 1}, {1, 0}, {1, 1}}, samples);
    }

    static Discrete classes(int samples) {
        return new Discrete(
                new jensen.model.CorrelatedFamily.OneHot(3), new double[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, samples);
    }

    int length() {
        return values[0].length;
    }

    /** Where the parameters are: a, b and l one after the other. */
    double[] at() {
        double[] all = {0.9, -1.1, 0.4, 0.3, -0.5, 0.2, 0.6, -0.8, 0.1};
        return IntStream.range(0, 3 * length())
                .mapToDouble(i -> all[i / length() * 3 + i % length()])
                .toArray();
    }

    int combinations() {
        return (int) Math.round(Math.pow(values.length, samples));
    }

    private int digit(int combination, int k) {
        return combination / (int) Math.round(Math.pow(values.length, k)) % values.length;
    }

    /** log p(x|z), log p(z) and log q(z|x) of each value, in loops. */
    double[][] terms(double[] parameters) {
        int d = length();
        double[] prior = logMass(Arrays.copyOfRange(parameters, d, 2 * d));
        double[] q = logMass(Arrays.copyOfRange(parameters, 2 * d, 3 * d));
        double[][] terms = new double[values.length][];
        for (int s = 0; s < values.length; s++) {
            double mean = 0;
            for (int i = 0; i < d; i++) {
                mean += parameters[i] * values[s][i];
            }
            double likelihood = -0.5 * (X - mean) * (X - mean) - 0.5 * Math.log(2 * Math.PI);
            terms[s] = new double[] {likelihood, prior[s], q[s]};
        }
        return terms;
    }

    private double[] logMass(double[] logits) {
        return IntStream.range(0, values.length)
                .mapToDouble(s -> {
                    double sum = 0;
                    double total = 0;
                    for (int i = 0; i < logits.length; i++) {
                        sum += values[s][i] * logits[i];
                        total += family instanceof Family.Bernoulli
                                ? Math.log(1 + Math.exp(logits[i]))
                                : Math.exp(logits[i]);
                    }
                    return sum - (family instanceof Family.Bernoulli ? total : Math.log(total));
                })
                .toArray();
    }

    /** The mean of a bound over all draws, with the prior and q counted so many times. */
    double value(Bound bound, double klWeight, double[] parameters) {
        double[][] terms = terms(parameters);
        double[] logWeights = new double[samples * combinations()];
        double[] probability = new double[combinations()];
        for (int c = 0; c < combinations(); c++) {
            double logQ = 0;
            for (int k = 0; k < samples; k++) {
                double[] t = terms[digit(c, k)];
                logWeights[k * combinations() + c] = t[0] + klWeight * (t[1] - t[2]);
                logQ += t[2];
            }
            probability[c] = Math.exp(logQ);
        }
        try (Scope scope = new Scope()) {
            Bound ofAll = bound instanceof Elbo ? Elbo.sampled() : bound;
            double[] each =
                    ofAll.of(Tensor.of(logWeights, samples, combinations())).toDoubles();
            return IntStream.range(0, each.length)
                    .mapToDouble(c -> probability[c] * each[c])
                    .sum();
        }
    }

    /** The mean over all draws of an estimate's value, and of its gradients for θ and φ. */
    record Found(double value, double[] gradient) {}

    Found estimate(GradientEstimator gradient, Bound bound, double klWeight) {
        boolean once = gradient instanceof Enumeration;
        int copies = once ? 1 : combinations();
        try (Scope scope = new Scope()) {
            Parameters theta = parameters("likelihood.a", "prior.logits", 0);
            Parameters phi = parameters("l", "none", 2);
            double[][] terms = terms(at());
            double[] probability = IntStream.range(0, copies)
                    .mapToDouble(c -> once
                            ? 1
                            : Math.exp(IntStream.range(0, samples)
                                    .mapToDouble(k -> terms[digit(c, k)][2])
                                    .sum()))
                    .toArray();
            Tensor weights = Tensor.of(probability, copies);
            Estimate e = gradient.estimate(target(theta, phi, copies), bound, samples, klWeight, Generator.of(1));
            List<Tensor> forTheta = Autograd.gradient(e.forTheta().mul(weights).sum(), theta.leaves(), true);
            List<Tensor> forPhi = Autograd.gradient(e.forPhi().mul(weights).sum(), phi.leaves());
            double[] flat = new double[3 * length()];
            int d = length();
            System.arraycopy(forTheta.get(0).toDoubles(), 0, flat, 0, d);
            System.arraycopy(forTheta.get(1).toDoubles(), 0, flat, d, d);
            System.arraycopy(forPhi.get(0).toDoubles(), 0, flat, 2 * d, d);
            return new Found(e.bound().mul(weights).sum().item(), flat);
        }
    }

    Parameters parameters(String first, String second, int from) {
        int d = length();
        Parameters made = Parameters.start(
                List.of(Slot.constant(first, 0, d), Slot.constant(second, 0, d)),
                Initialiser.PAPER,
                Generator.of(0),
                DType.FLOAT64,
                Device.CPU);
        made.set(first, Tensor.of(Arrays.copyOfRange(at(), from * d, from * d + d), d));
        if (from == 0) {
            made.set(second, Tensor.of(Arrays.copyOfRange(at(), d, 2 * d), d));
        }
        return made;
    }

    Target target(Parameters theta, Parameters phi, int copies) {
        return target(theta, phi, copies, q -> drawn(q, copies));
    }

    /** On so many copies of the datum, with draws that are given. */
    Target target(Parameters theta, Parameters phi, int copies, java.util.function.Function<Distribution, Draw> draws) {
        Model model = new Model(new Prior.Discrete(family, length(), true), new Line(length()));
        Batch batch = new Batch(Tensor.of(new double[] {X}, 1, 1).expand(copies, 1), new int[copies]);
        return new Target() {
            @Override
            public Distribution posterior() {
                return family.of(phi, phi.get("l").unsqueeze(0).expand(copies, length()), length());
            }

            @Override
            public Draw draw(Distribution q, int k, Generator rng) {
                return draws.apply(q);
            }

            @Override
            public LogWeights logWeights(Draw draw, Distribution q) {
                return model.logWeights(theta, batch, draw, q);
            }

            @Override
            public Tensor dream(Generator rng) {
                return posterior().logProb(model.prior(theta).sample(copies, rng));
            }
        };
    }

    /** Every combination, as values or, of what is relaxed, as what stands for them. */
    private Draw drawn(Distribution q, int copies) {
        boolean relaxed = q instanceof Relaxed;
        IntFunction<double[]> value = i -> values[digit(i % copies, i / copies)];
        double[] z = IntStream.range(0, samples * copies)
                .mapToObj(value)
                .flatMapToDouble(Arrays::stream)
                .map(v -> relaxed ? 3 * v - 2 : v)
                .toArray();
        return Draw.of(Tensor.of(z, samples, copies, length()));
    }

    /** x ~ N(a · z, 1). */
    private record Line(int condition) implements Conditional {
        @Override
        public Distribution given(Parameters w, Tensor z) {
            Tensor mean = w.get("a").mul(z).sum(-1).unsqueeze(-1);
            return new DiagonalNormal(mean, mean.zerosLike());
        }

        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public int event() {
            return 1;
        }

        @Override
        public boolean fits(Values values) {
            return true;
        }
    }
}
