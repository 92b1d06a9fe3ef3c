package jensen.model;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import jensen.bound.Elbo;
import jensen.bound.ImportanceWeighted;
import jensen.data.Batch;
import jensen.dist.Distribution;
import jensen.dist.Draw;
import jensen.gradient.DoublyReparameterised;
import jensen.gradient.Estimate;
import jensen.gradient.Pathwise;
import jensen.gradient.StickTheLanding;
import jensen.gradient.Target;
import jensen.net.Activation;
import jensen.net.Initialiser;
import jensen.net.Mlp;
import jensen.net.Parameters;
import jensen.net.Slot;
import jensen.statcheck.FiniteDifference;
import jensen.statcheck.SplitMix;
import jensen.tensor.Autograd;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.apache.commons.math3.distribution.MultivariateNormalDistribution;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Two layers of which all is linear and normal, h₂ ~ N(0, I), h₁ ~ N(A h₂ + a, s₁ I), x ~ N(B h₁ + b, s I), with 2, 2 and 4
 * elements: p(x) and the posteriors p(h₁|x) and p(h₂|h₁) are closed forms, found here by commons-math3.
 */
class ChainedTest {
    private static final RealMatrix A = matrix(2, 2, 1.1, -0.4, 0.6, 0.8);
    private static final double[] OFFSET = {0.5, -0.2};
    private static final double S1 = 0.3;
    private static final RealMatrix B = matrix(4, 2, new SplitMix(3).normals(8));
    private static final double[] B0 = {0.1, -0.7, 0.4, 1.2};
    private static final double S = 0.25;
    private static final int ROWS = 3;

    private final Model model = new Model(
            new Prior.Chained(new Prior.StandardNormal(2), linear(2, new Family.NormalShared(), 2)),
            new Reading(linear(2, new Family.NormalShared(), 4), 4));
    private final Amortised guide = new Amortised(new Chained(
            linear(4, new CorrelatedFamily.FullNormal(), 2), linear(2, new CorrelatedFamily.FullNormal(), 2)));

    private Scope scope = new Scope();

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static RealMatrix matrix(int rows, int columns, double... values) {
        double[][] cells = new double[rows][];
        for (int i = 0; i < rows; i++) {
            cells[i] = Arrays.copyOfRange(values, i * columns, (i + 1) * columns);
        }
        return new Array2DRowRealMatrix(cells);
    }

    private static Head linear(int inputs, Family family, int event) {
        return new Head(new Mlp(inputs, List.of(), family.outputs(event), Activation.TANH), family, event);
    }

    private static Parameters start(List<Slot> slots) {
        return Parameters.start(slots, Initialiser.HE, Generator.of(1), DType.FLOAT64, Device.CPU);
    }

    private static double[] flat(RealMatrix m) {
        return Arrays.stream(m.getData()).flatMapToDouble(Arrays::stream).toArray();
    }

    private Parameters theta() {
        Parameters theta = start(model.slots());
        theta.set("prior.below.net.0.weight", Tensor.of(flat(A), 2, 2));
        theta.set("prior.below.net.0.bias", Tensor.of(OFFSET, 2));
        theta.set("prior.below.family.logVariance", Tensor.of(new double[] {Math.log(S1)}, 1));
        theta.set("likelihood.net.0.weight", Tensor.of(flat(B), 4, 2));
        theta.set("likelihood.net.0.bias", Tensor.of(B0, 4));
        theta.set("likelihood.family.logVariance", Tensor.of(new double[] {Math.log(S)}, 1));
        return theta;
    }

    /** φ at which q is the posterior. */
    private Parameters exact() {
        Parameters phi = start(guide.slots());
        RealMatrix prior = inverse(marginal());
        RealMatrix first = inverse(prior.add(B.transpose().multiply(B).scalarMultiply(1 / S)));
        RealMatrix fromX = first.multiply(B.transpose()).scalarMultiply(1 / S);
        double[] bias = first.operate(prior.operate(OFFSET));
        double[] moved = fromX.operate(B0);
        set(phi, "encoder.first", fromX, first, bias[0] - moved[0], bias[1] - moved[1]);
        RealMatrix one = MatrixUtils.createRealIdentityMatrix(2);
        RealMatrix second = inverse(one.add(A.transpose().multiply(A).scalarMultiply(1 / S1)));
        RealMatrix fromBelow = second.multiply(A.transpose()).scalarMultiply(1 / S1);
        double[] back = fromBelow.operate(OFFSET);
        set(phi, "encoder.then", fromBelow, second, -back[0], -back[1]);
        return phi;
    }

    /** The covariance of h₁. */
    private static RealMatrix marginal() {
        return A.multiply(A.transpose())
                .add(MatrixUtils.createRealIdentityMatrix(2).scalarMultiply(S1));
    }

    private static RealMatrix inverse(RealMatrix m) {
        return new LUDecomposition(m).getSolver().getInverse();
    }

    /** The mean is affine in the condition, the covariance's root a constant: outputs μ, log L_ii, L_10. */
    private static void set(Parameters phi, String name, RealMatrix map, RealMatrix covariance, double... bias) {
        double[] weight = Arrays.copyOf(flat(map), 5 * map.getColumnDimension());
        RealMatrix root = new CholeskyDecomposition(covariance, 1e-9, 1e-12).getL();
        phi.set(name + ".net.0.weight", Tensor.of(weight, 5, map.getColumnDimension()));
        phi.set(
                name + ".net.0.bias",
                Tensor.of(
                        new double[] {
                            bias[0],
                            bias[1],
                            Math.log(root.getEntry(0, 0)),
                            Math.log(root.getEntry(1, 1)),
                            root.getEntry(1, 0)
                        },
                        5));
    }

    private static Batch batch() {
        return new Batch(Tensor.of(new SplitMix(8).normals(4 * ROWS), ROWS, 4), new int[] {0, 1, 2});
    }

    private static double[] logEvidence() {
        RealMatrix covariance = B.multiply(marginal())
                .multiply(B.transpose())
                .add(MatrixUtils.createRealIdentityMatrix(4).scalarMultiply(S));
        double[] mean = B.operate(OFFSET);
        for (int i = 0; i < 4; i++) {
            mean[i] += B0[i];
        }
        var marginal = new MultivariateNormalDistribution(mean, covariance.getData());
        double[] x = batch().x().toDoubles();
        double[] found = new double[ROWS];
        for (int i = 0; i < ROWS; i++) {
            found[i] = Math.log(marginal.density(Arrays.copyOfRange(x, 4 * i, 4 * i + 4)));
        }
        return found;
    }

    @Test
    void atTheExactPosteriorEveryWeightIsTheEvidence() {
        Distribution q = guide.posterior(exact(), batch());
        double[] found = model.logWeights(theta(), batch(), q.draw(20, Generator.of(2)), q)
                .total()
                .toDoubles();
        double[] expected = logEvidence();
        for (int i = 0; i < found.length; i++) {
            assertClose("log w", found[i], expected[i % ROWS], 1e-9);
        }
    }

    private Target target(Parameters phi) {
        return new Target.OfBatch(model, theta(), guide, phi, batch(), Generator.of(1));
    }

    /** There the score alone would move φ: what leaves it out has no gradient at all. */
    @Test
    void atTheExactPosteriorTheGradientWithoutTheScoreIsZero() {
        Parameters phi = exact();
        Estimate elbo = new StickTheLanding().estimate(target(phi), Elbo.sampled(), 4, 1, Generator.of(3));
        Estimate iw =
                new DoublyReparameterised().estimate(target(phi), new ImportanceWeighted(), 4, 1, Generator.of(3));
        for (Estimate e : List.of(elbo, iw)) {
            for (Tensor g : Autograd.gradient(e.forPhi().sum(), phi.leaves())) {
                assertClose("∂φ", g.toDoubles(), new double[(int) g.count()], 1e-9);
            }
        }
    }

    /** Of the bound of four draws, on the same noise, away from the posterior. */
    @Test
    void gradientsAreTheDerivativesOfTheBound() {
        Parameters phi = exact();
        int count = (int) phi.count();
        phi.flat().addInPlace(Tensor.of(new SplitMix(6).normals(count), count), 0.1);
        Parameters theta = theta();
        Estimate e = new Pathwise().estimate(target(phi, theta), new ImportanceWeighted(), 4, 1, Generator.of(3));
        List<Tensor> leaves = new java.util.ArrayList<>(theta.leaves());
        leaves.addAll(phi.leaves());
        List<Tensor> found = Autograd.gradient(e.forPhi().sum(), leaves);
        int split = theta.leaves().size();
        double[] gradient = Tensor.concat(
                        List.of(theta.flat(found.subList(0, split)), phi.flat(found.subList(split, found.size()))), 0)
                .toDoubles();
        double[] at = Tensor.concat(List.of(theta.flat(), phi.flat()), 0).toDoubles();
        double[] expected = FiniteDifference.gradient(
                v -> {
                    try (Scope inner = new Scope()) {
                        int n = (int) theta.count();
                        Parameters moved = theta.copy();
                        moved.flat().copyInPlace(Tensor.of(Arrays.copyOf(v, n), n));
                        Parameters other = phi.copy();
                        other.flat().copyInPlace(Tensor.of(Arrays.copyOfRange(v, n, v.length), v.length - n));
                        return new Pathwise()
                                .estimate(target(other, moved), new ImportanceWeighted(), 4, 1, Generator.of(3))
                                .bound()
                                .sum()
                                .item();
                    }
                },
                at);
        assertClose("gradient", gradient, expected, 1e-6);
    }

    private Target target(Parameters phi, Parameters theta) {
        return new Target.OfBatch(model, theta, guide, phi, batch(), Generator.of(1));
    }

    /** Three layers nest, and the likelihood reads the first. */
    @Test
    void layersNest() {
        Conditional upper = new Chained(linear(2, new Family.Normal(), 3), linear(3, new Family.Normal(), 1));
        Amortised three = new Amortised(new Chained(linear(4, new Family.Normal(), 2), upper));
        Prior top = new Prior.Chained(new Prior.StandardNormal(1), linear(1, new Family.Normal(), 3));
        Prior prior = new Prior.Chained(top, new Reading(linear(3, new Family.Normal(), 2), 4));
        Model deep = new Model(prior, new Reading(linear(2, new Family.NormalShared(), 4), 6));
        Parameters theta = start(deep.slots());
        Distribution q = three.posterior(start(three.slots()), batch());
        Draw draw = q.draw(5, Generator.of(4));
        assertThat(draw.z().shape()).containsExactly(5, ROWS, 6);
        assertClose("log q", draw.logProb(q).toDoubles(), q.logProb(draw.z()).toDoubles(), 1e-12);
        assertThat(deep.logWeights(theta, batch(), draw, q).total().shape()).containsExactly(5, ROWS);
        assertThat(deep.prior(theta).sample(7, Generator.of(5)).shape()).containsExactly(7, 6);
        assertThat(q.mean().shape()).containsExactly(ROWS, 6);
        assertThat(three.local(deep, theta, start(three.slots()), batch(), Generator.of(0))
                        .orElseThrow()
                        .chosen()
                        .mean()
                        .toDoubles())
                .isEqualTo(q.mean().toDoubles());
    }

    @Test
    void layersThatDoNotFitAreRefused() {
        Head two = linear(2, new Family.Normal(), 2);
        Head three = linear(3, new Family.Normal(), 3);
        assertThatThrownBy(() -> new Chained(two, three)).hasMessageContainingAll("2 elements", "takes 3");
        assertThatThrownBy(() -> new Prior.Chained(new Prior.StandardNormal(2), three))
                .hasMessageContainingAll("2 elements", "takes 3");
        assertThatThrownBy(() -> new Prior.Chained(new Prior.Vamp(two, 3, true), two))
                .hasMessageContaining("VampPrior");
        assertThatThrownBy(() -> new Reading(three, 2)).hasMessageContainingAll("≥ 3", "was 2");
    }
}
