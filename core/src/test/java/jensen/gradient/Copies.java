package jensen.gradient;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import jensen.bound.Bound;
import jensen.data.Batch;
import jensen.data.Values;
import jensen.dist.DiagonalNormal;
import jensen.dist.Distribution;
import jensen.dist.Draw;
import jensen.model.Conditional;
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
import jensen.tensor.Native;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;

/**
 * n copies of one datum, each with parameters of its own, so that one differentiation gives n independent estimates of each
 * gradient: z ~ N(0, 1), x ~ N(a z, eᶜ), q = N(m, eˡ).
 *
 * @param n the copies
 * @param x the datum
 * @param a of θ
 * @param c of θ, the logarithm of a variance
 * @param m of φ
 * @param l of φ, the logarithm of a variance
 */
record Copies(int n, double x, double a, double c, double m, double l) {
    /** The parameters, those of θ first. */
    static final List<String> NAMES = List.of("a", "c", "m", "l");

    /** A bound's value and its gradients, for each copy. */
    record Found(double[] bound, Map<String, double[]> gradients) {
        double[] of(String name) {
            return Objects.requireNonNull(gradients.get(name));
        }
    }

    static Copies offThePosterior(int n) {
        return new Copies(n, 0.9, 1.3, -0.7, 0.2, -1.2);
    }

    Copies with(String name, double by) {
        return new Copies(
                n,
                x,
                name.equals("a") ? a + by : a,
                name.equals("c") ? c + by : c,
                name.equals("m") ? m + by : m,
                name.equals("l") ? l + by : l);
    }

    /** Estimates whose noise is a seed's. */
    Found estimate(GradientEstimator gradient, Bound bound, int samples, double klWeight, long seed) {
        try (Scope scope = new Scope()) {
            Parameters theta = parameters("likelihood.a", a, "likelihood.c", c);
            Parameters phi = parameters("m", m, "l", l);
            Estimate e = gradient.estimate(target(theta, phi), bound, samples, klWeight, Generator.of(seed));
            double[] value = e.bound().toDoubles();
            List<Tensor> forTheta = Autograd.gradient(e.forTheta().sum(), theta.leaves(), true);
            List<Tensor> forPhi = Autograd.gradient(e.forPhi().sum(), phi.leaves());
            return new Found(
                    value,
                    Map.of(
                            "a", forTheta.get(0).toDoubles(),
                            "c", forTheta.get(1).toDoubles(),
                            "m", forPhi.get(0).toDoubles(),
                            "l", forPhi.get(1).toDoubles()));
        }
    }

    /** Central differences of a bound's value in one parameter, for each copy, with the noise of a seed on both sides. */
    double[] difference(Bound bound, int samples, double klWeight, String name, long seed) {
        double h = 1e-4;
        double[] above = with(name, h).value(bound, samples, klWeight, seed);
        double[] below = with(name, -h).value(bound, samples, klWeight, seed);
        double[] difference = new double[n];
        Arrays.setAll(difference, i -> (above[i] - below[i]) / (2 * h));
        return difference;
    }

    private double[] value(Bound bound, int samples, double klWeight, long seed) {
        try (Scope scope = new Scope()) {
            Target target = target(parameters("likelihood.a", a, "likelihood.c", c), parameters("m", m, "l", l));
            Distribution q = target.posterior();
            Draw draw = q.draw(samples, Generator.of(seed));
            return bound.value(target.logWeights(draw, q).weighted(klWeight)).toDoubles();
        }
    }

    private Parameters parameters(String first, double one, String second, double other) {
        List<Slot> slots = List.of(Slot.constant(first, one, n, 1), Slot.constant(second, other, n, 1));
        return Parameters.start(slots, Initialiser.PAPER, Generator.of(0), DType.FLOAT64, Device.CPU);
    }

    private Target target(Parameters theta, Parameters phi) {
        Model model = new Model(new Prior.StandardNormal(1), new Line());
        Batch batch = new Batch(Tensor.of(new double[] {x}, 1, 1).expand(n, 1), new int[n]);
        return new Target() {
            @Override
            public Distribution posterior() {
                return new DiagonalNormal(phi.get("m"), phi.get("l"));
            }

            @Override
            public LogWeights logWeights(Draw draw, Distribution q) {
                return model.logWeights(theta, batch, draw, q);
            }

            @Override
            public Tensor dream(Generator rng) {
                return posterior()
                        .logProb(Native.withoutGradient(() -> model.prior(theta).sample(n, rng)));
            }
        };
    }

    /** x ~ N(a z, eᶜ). */
    private record Line() implements Conditional {
        @Override
        public Distribution given(Parameters w, Tensor z) {
            return new DiagonalNormal(w.get("a").mul(z), w.get("c"));
        }

        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public int condition() {
            return 1;
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
