package jensen.evaluate;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import jensen.data.Dataset;
import jensen.data.Encoding;
import jensen.data.Shape;
import jensen.data.Values;
import jensen.dist.Kl;
import jensen.model.Amortised;
import jensen.model.CorrelatedFamily;
import jensen.model.Family;
import jensen.model.Guide;
import jensen.model.Head;
import jensen.model.Model;
import jensen.model.PerDatum;
import jensen.model.Prior;
import jensen.model.Refinement;
import jensen.model.SemiAmortised;
import jensen.net.Activation;
import jensen.net.Initialiser;
import jensen.net.Mlp;
import jensen.net.Parameters;
import jensen.statcheck.SplitMix;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** What is said of data under a discrete z, against sums in loops over all of its values. */
class DiscreteTest {
    private static final int X = 5;
    private static final int[] ROWS = {0, 3, 4, 11};
    private static final List<Family> FAMILIES = List.of(new Family.Bernoulli(), new CorrelatedFamily.OneHot(3));
    private static final Dataset DATA = data();

    private static Dataset data() {
        double[] noise = new SplitMix(2).normals(20 * X);
        float[] bits = new float[noise.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = noise[i] < 0.3 ? 1 : 0;
        }
        return Dataset.of("bits", Shape.vector(X), Values.BINARY, bits);
    }

    private static int length(Family family) {
        return family instanceof CorrelatedFamily.OneHot ? 6 : 4;
    }

    private static Head encoder(Family family) {
        return encoder(family, length(family));
    }

    private static Head encoder(Family family, int d) {
        return new Head(new Mlp(X, List.of(6), family.outputs(d), Activation.TANH), family, d);
    }

    private static Evaluator evaluator(Family family, Guide guide) {
        return evaluator(family, length(family), guide);
    }

    private static Evaluator evaluator(Family family, int d, Guide guide) {
        Model model = new Model(
                new Prior.Discrete(family, d, true),
                new Head(new Mlp(d, List.of(7), X, Activation.TANH), new Family.Bernoulli(), X));
        Generator any = Generator.of(4);
        Parameters theta = Parameters.start(model.slots(), Initialiser.GLOROT, any, DType.FLOAT64, Device.CPU);
        Parameters phi = Parameters.start(guide.slots(), Initialiser.GLOROT, any.split(1), DType.FLOAT64, Device.CPU);
        theta.set("prior.logits", Tensor.of(new SplitMix(9).normals(d), d));
        theta.flat().mulInPlace(2);
        return new Evaluator(model, theta, guide, phi, new Encoding.AsStored(), Generator.of(5), 2);
    }

    private static Evaluator evaluator(Family family) {
        return evaluator(family, new Amortised(encoder(family)));
    }

    /** log p(x, z) and log q(z|x) of every z, one at a time. */
    private record Loop(double[] joint, double[] q) {
        static Loop of(Evaluator e, Family family, int row) {
            List<double[]> values = family instanceof Family.Bernoulli
                    ? IntStream.range(0, 16)
                            .mapToObj(s -> new double[] {s & 1, (s >> 1) & 1, (s >> 2) & 1, (s >> 3) & 1})
                            .toList()
                    : IntStream.range(0, 9)
                            .mapToObj(s -> IntStream.range(0, 6)
                                    .mapToDouble(i -> (i < 3 ? s % 3 : 3 + s / 3) == i ? 1 : 0)
                                    .toArray())
                            .toList();
            try (Scope scope = new Scope()) {
                double[] joint = new double[values.size()];
                double[] q = new double[values.size()];
                Tensor x = e.read(DATA, new int[] {row}).x();
                for (int s = 0; s < joint.length; s++) {
                    Tensor z = Tensor.of(values.get(s), 1, values.get(s).length);
                    joint[s] = e.model().likelihood(e.theta(), z).logProb(x).item()
                            + e.model().prior(e.theta()).logProb(z).item();
                    q[s] = e.posterior(e.read(DATA, new int[] {row})).logProb(z).item();
                }
                return new Loop(joint, q);
            }
        }

        double evidence() {
            return Math.log(Arrays.stream(joint).map(Math::exp).sum());
        }

        double elbo() {
            return IntStream.range(0, q.length)
                    .mapToDouble(s -> Math.exp(q[s]) * (joint[s] - q[s]))
                    .sum();
        }
    }

    private static double[] values(List<Estimate> estimates) {
        assertThat(estimates).allMatch(e -> e.standardError() == 0);
        return estimates.stream().mapToDouble(Estimate::value).toArray();
    }

    @Test
    void evidenceBoundAndGapAreTheSumsOverAllValues() {
        for (Family family : FAMILIES) {
            Evaluator e = evaluator(family);
            EnumeratedEvidence method = new EnumeratedEvidence(16);
            List<Evidence> evidence = method.evidence(e, DATA, ROWS, n -> {});
            double[] elbo = values(method.elbo(e, DATA, ROWS, n -> {}));
            double[] gap = values(method.gap(e, DATA, ROWS, n -> {}));
            for (int i = 0; i < ROWS.length; i++) {
                Loop loop = Loop.of(e, family, ROWS[i]);
                assertThat(evidence.get(i).index()).isEqualTo(ROWS[i]);
                assertThat(evidence.get(i).evaluations()).isEqualTo(loop.q.length);
                assertThat(evidence.get(i).standardError()).isZero();
                assertClose("log p(x)", evidence.get(i).value(), loop.evidence(), 1e-12);
                assertClose("ELBO", elbo[i], loop.elbo(), 1e-12);
                assertClose("gap", gap[i], loop.evidence() - loop.elbo(), 1e-12);
                assertThat(gap[i]).isGreaterThan(0.001);
            }
            double total = 0;
            float[] all = new float[32 * X];
            for (int i = 0; i < all.length; i++) {
                all[i] = ((i / X) >> (i % X)) & 1;
            }
            Dataset every = Dataset.of("all", Shape.vector(X), Values.BINARY, all);
            for (Evidence each :
                    method.evidence(e, every, IntStream.range(0, 32).toArray(), n -> {})) {
                total += Math.exp(each.value());
            }
            assertClose("Σ_x p(x)", total, 1, 1e-12);
        }
    }

    /** 4,000 draws: within five errors. */
    @Test
    void samplingAgreesAndAutoTakesTheSum() {
        for (Family family : FAMILIES) {
            Evaluator e = evaluator(family);
            List<Evidence> exact = new AutomaticEvidence(0.1, 1000, 0).evidence(e, DATA, ROWS, n -> {});
            assertThat(exact).allMatch(found -> found.method() instanceof EnumeratedEvidence);
            // 2³⁶ or 3¹² values
            Evaluator large = evaluator(family, 36, new Amortised(encoder(family, 36)));
            List<Evidence> few = new AutomaticEvidence(0.1, 64, 0).evidence(large, DATA, ROWS, n -> {});
            assertThat(few).allMatch(found -> found.method() instanceof ImportanceSampling);
            List<Row> rows = e.rows(DATA, ROWS, 4000, n -> {});
            for (int i = 0; i < ROWS.length; i++) {
                assertThat(rows.get(i).logEvidence())
                        .isCloseTo(exact.get(i).value(), within(5 * rows.get(i).logEvidenceError()));
                assertThat(rows.get(i).elbo())
                        .isCloseTo(
                                Loop.of(e, family, ROWS[i]).elbo(),
                                within(5 * rows.get(i).elboError()));
            }
        }
    }

    @Test
    void codesAreProbabilitiesWithTheirDeviations() {
        for (Family family : FAMILIES) {
            Evaluator e = evaluator(family);
            Codes codes = e.codes(DATA, ROWS);
            double[][] typical = e.typical(DATA, ROWS);
            for (int i = 0; i < ROWS.length; i++) {
                double sum = 0;
                for (int d = 0; d < length(family); d++) {
                    double p = codes.mean()[i][d];
                    sum += p;
                    assertClose("sd", codes.standardDeviation()[i][d], Math.sqrt(p * (1 - p)), 1e-12);
                    if (family instanceof Family.Bernoulli) {
                        assertThat(typical[i][d]).isEqualTo(p > 0.5 ? 1 : 0);
                    }
                }
                if (!(family instanceof Family.Bernoulli)) {
                    assertClose("probabilities", sum, 2, 1e-12);
                    assertThat(Arrays.stream(typical[i]).sum()).isEqualTo(2);
                }
                try (Scope scope = new Scope()) {
                    double kl = Kl.closedForm(
                                    e.posterior(e.read(DATA, new int[] {ROWS[i]})),
                                    e.model().prior(e.theta()))
                            .orElseThrow()
                            .item();
                    assertClose("KL", Arrays.stream(codes.kl().orElseThrow()[i]).sum(), kl, 1e-12);
                }
            }
        }
    }

    /** I(x; z) and KL(q(z) ‖ p(z)) by sums over z of the mixture of q, within five errors; n = 20 data of 1,000 draws. */
    @Test
    void theDivergenceIsCutUpAsTheSumsAre() {
        int[] rows = IntStream.range(0, 20).toArray();
        for (Family family : FAMILIES) {
            Evaluator e = evaluator(family);
            Surgery found = Surgery.of(e, DATA, rows, 1000, n -> {});
            Loop[] loops =
                    Arrays.stream(rows).mapToObj(r -> Loop.of(e, family, r)).toArray(Loop[]::new);
            double information = 0;
            for (int s = 0; s < loops[0].q.length; s++) {
                int z = s;
                double mean = Arrays.stream(loops)
                        .mapToDouble(l -> Math.exp(l.q[z]))
                        .average()
                        .orElseThrow();
                for (Loop loop : loops) {
                    information += Math.exp(loop.q[z]) * (loop.q[z] - Math.log(mean)) / rows.length;
                }
            }
            assertThat(found.mutualInformation().value())
                    .isCloseTo(information, within(5 * found.mutualInformation().standardError()));
            assertThat(found.mutualInformation().standardError()).isLessThan(0.02);
            assertThat(found.totalCorrelation().orElseThrow().value())
                    .isLessThan(found.marginalKl().value() + 0.1);
        }
    }

    /** A q that is the prior, of a decoder that ignores z, is the posterior: ranks are even, with ties drawn at random. */
    @Test
    void ranksOfAnExactDiscretePosteriorAreEven() {
        Family family = new Family.Bernoulli();
        Evaluator e = evaluator(family);
        e.theta().set("likelihood.net.0.weight", Tensor.of(new double[28], 7, 4));
        e.phi().set("encoder.net.0.weight", Tensor.of(new double[30], 6, 5));
        e.phi().set("encoder.net.1.weight", Tensor.of(new double[24], 4, 6));
        e.phi().set("encoder.net.1.bias", e.theta().get("prior.logits").detach().copy());
        Calibration even = Calibration.of(e, 600, n -> {});
        e.phi().set("encoder.net.1.bias", e.theta().get("prior.logits").detach().mul(-3));
        Calibration wrong = Calibration.of(e, 600, n -> {});
        for (int d = 0; d < 4; d++) {
            assertThat(even.pValue(d)).isGreaterThan(1e-4);
        }
        assertThat(IntStream.range(0, 4).mapToDouble(wrong::pValue).min().orElseThrow())
                .isLessThan(1e-10);
    }

    @Test
    void theDerivationHoldsAndTheBestQHasTheLeastGap() {
        for (Family family : FAMILIES) {
            Evaluator e = evaluator(family);
            for (Derivation d : Derivation.of(
                    e, DATA, ROWS, new AutomaticEvidence(0.1, 1000, 0), BestPosterior.standard(), 1000, n -> {})) {
                Loop loop = Loop.of(e, family, d.index());
                assertThat(d.checks()).hasSizeGreaterThan(3).allMatch(Derivation.Check::holds);
                assertThat(d.evidence().value()).isCloseTo(loop.evidence(), within(1e-12));
                assertThat(d.gap().value())
                        .isCloseTo(
                                loop.evidence() - loop.elbo(),
                                within(5 * d.gap().standardError()));
                assertThat(d.amortisationGap().value()).isGreaterThan(0);
                assertThat(d.approximationGap().value())
                        .isGreaterThan(-5 * d.approximationGap().standardError());
                assertThat(d.lines().get(0).method()).isEqualTo("evaluate.EnumeratedEvidence.evidence");
            }
        }
    }

    /** The bound of the best bits of their own, by coordinate ascent in loops. */
    @Test
    void aQOfItsOwnIsClimbedToTheBestThereIs() {
        Family family = new Family.Bernoulli();
        Head encoder = encoder(family);
        Refinement refinement = new Refinement(400, 8, 0.1);
        List<Guide> guides = List.of(new SemiAmortised(encoder, refinement), new PerDatum(family, 4, 0, refinement));
        for (Guide guide : guides) {
            Evaluator e = evaluator(family, guide);
            double[] elbo = values(new EnumeratedEvidence(16).elbo(e, DATA, ROWS, n -> {}));
            for (int i = 0; i < ROWS.length; i++) {
                double[] joint = Loop.of(evaluator(family), family, ROWS[i]).joint;
                double best =
                        Math.max(coordinates(joint, 0.5), Math.max(coordinates(joint, 0.1), coordinates(joint, 0.9)));
                assertThat(elbo[i]).isCloseTo(best, within(0.02));
            }
        }
    }

    /** Mean field for four bits: each probability in turn from the others', q_i ∝ exp E[log p(x, z) | z_i]. */
    private static double coordinates(double[] joint, double start) {
        double[] p = {start, start, start, start};
        for (int round = 0; round < 200; round++) {
            for (int i = 0; i < 4; i++) {
                double logit = 0;
                for (int s = 0; s < 16; s++) {
                    double others = 1;
                    for (int j = 0; j < 4; j++) {
                        others *= j == i ? 1 : ((s >> j) & 1) == 1 ? p[j] : 1 - p[j];
                    }
                    logit += (((s >> i) & 1) == 1 ? 1 : -1) * others * joint[s];
                }
                p[i] = 1 / (1 + Math.exp(-logit));
            }
        }
        double elbo = 0;
        for (int s = 0; s < 16; s++) {
            double q = 1;
            for (int j = 0; j < 4; j++) {
                q *= ((s >> j) & 1) == 1 ? p[j] : 1 - p[j];
            }
            elbo += q * (joint[s] - Math.log(q));
        }
        return elbo;
    }

    @Test
    void whatMovesThroughARealZIsRefused() {
        Evaluator e = evaluator(new Family.Bernoulli());
        for (EvidenceMethod method : List.of(
                new Quadrature(0.1, 1000),
                new Annealing(0.1, 100_000),
                new ReciprocalEvidence(4, 10, 2),
                new AnnealedImportance(AnnealedImportance.Start.PRIOR, AnnealedImportance.Spacing.LINEAR, 2, 2, 2))) {
            assertThatThrownBy(() -> method.evidence(e, DATA, ROWS, n -> {}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("z of this model is discrete", "bernoulli", "use enumeration or is")
                    .hasMessageNotContaining("\n");
        }
        assertThatThrownBy(() -> new EnumeratedEvidence(15).evidence(e, DATA, ROWS, n -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("at most the budget of 15", "found 16");
        assertThatThrownBy(() -> new EnumeratedEvidence(15)
                        .evidence(EvaluatorTest.evaluator(0, 1, 1), EvaluatorTest.DATA, ROWS, n -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("z of this model is real");
        assertThatThrownBy(() -> new EnumeratedEvidence(0)).hasMessageContaining("budget");
    }
}
