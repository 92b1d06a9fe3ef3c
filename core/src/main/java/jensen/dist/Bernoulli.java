package jensen.dist;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import jensen.tensor.Autograd;
import jensen.tensor.Generator;
import jensen.tensor.Native;
import jensen.tensor.Shapes;
import jensen.tensor.Tensor;

/**
 * Independent binary variables with success probability σ(logit).
 *
 * @param logits log(p / (1 − p)), {@code […, X]}
 */
public record Bernoulli(Tensor logits) implements Finite {
    /** Above the least normal float32, below which digits are lost. */
    private static final double SMALLEST = 1e-37;

    /**
     * Probabilities that are multiplied before a logarithm is taken. Of 28, which are a column of a digit, a product is below
     * the smallest for some of 668 draws nearly always; of 7 hardly ever, and logarithms are still few.
     */
    private static final int PRODUCT = 7;

    /** Draws for each datum from which it pays to look whether the datum is binary. */
    private static final long SHARED = 8;

    /**
     * Σ x·l − log(1 + eˡ), the log-mass of x ∈ {0, 1}.
     *
     * <p>Computed on the logits, it neither over- nor underflows. Its derivative x − σ(l) is given here, as found from the
     * formula step by step it takes three times as long.
     */
    @Override
    public Tensor logProb(Tensor x) {
        if (logits.rank() == 3 && logits.size(1) == 1 && x.rank() == 2 && x.size(0) > 1) {
            return ofAllPairs(x);
        }
        boolean shared = logits.count() >= SHARED * x.count()
                && Autograd.takesDerivatives(List.of(logits))
                && Autograd.isConstant(x)
                && x.isBinary();
        return (shared ? ofShared(x) : Optional.<Tensor>empty())
                .orElseGet(() -> Autograd.operation(
                        List.of(logits, x),
                        () -> logits.innerProduct(x).sub(logits.sumSoftplus()),
                        List.of(
                                c -> x.sub(logits.sigmoid()).mulInPlace(c.unsqueeze(-1)),
                                c -> logits.mul(c.unsqueeze(-1)))));
    }

    /**
     * The same of a binary x that many logits share: Σ log s, s = σ((2x − 1) l), in half as many passes over the logits. Its
     * derivative x − σ(l) is (2x − 1)(1 − s).
     */
    private Optional<Tensor> ofShared(Tensor x) {
        Tensor sign = sign(x);
        Tensor s = Native.withoutGradient(() -> logits.sigmoidOfProduct(sign));
        return Native.withoutGradient(() -> sumLog(s))
                .map(value -> Autograd.rowwise(logits, () -> value, (c, rows) -> {
                    Tensor of = rows.apply(sign);
                    return of.addProduct(of, rows.apply(s), -1).mulInPlace(c.unsqueeze(-1));
                }));
    }

    private static Tensor sign(Tensor x) {
        return x.mul(2).add(-1);
    }

    /** Σ log p along the innermost axis by logarithms of products; empty where one is too small for that. */
    private static Optional<Tensor> sumLog(Tensor probabilities) {
        Tensor products = probabilities.products(PRODUCT);
        return products.min().item() < SMALLEST
                ? Optional.empty()
                : Optional.of(products.log().sum(-1));
    }

    /** {@link #logProb} of x {@code [B, X]} under logits {@code [S, 1, X]}: a product of matrices, {@code [S, B]}. */
    private Tensor ofAllPairs(Tensor x) {
        return Autograd.operation(
                List.of(logits, x),
                () -> logits.select(1, 0).matmul(x.transpose(0, 1)).sub(logits.sumSoftplus()),
                List.of(
                        c -> c.matmul(x)
                                .unsqueeze(1)
                                .sub(logits.sigmoid()
                                        .mul(c.sum(-1).unsqueeze(-1).unsqueeze(-1))),
                        c -> c.transpose(0, 1).matmul(logits.select(1, 0))));
    }

    /**
     * {@link #logProb} of one x under the logits h Wᵀ + b, without a gradient, as a function of h, {@code […, H]} to
     * {@code […]}. With the signs 2x − 1 in the weights no pass over the logits is needed for them.
     *
     * @param weight W, {@code [X, H]}
     * @param bias b, {@code [X]}
     * @param x {@code [X]}, 0 or 1
     */
    public static UnaryOperator<Tensor> density(Tensor weight, Tensor bias, Tensor x) {
        Tensor sign = sign(x);
        // by columns, which is how a product of matrices reads it
        Tensor signedWeight = weight.transpose(0, 1).mul(sign).transpose(0, 1);
        Tensor signedBias = bias.mul(sign);
        return h -> sumLog(h.linearSigmoid(signedWeight, signedBias))
                .orElseGet(() -> new Bernoulli(h.linear(weight, bias)).logProb(x));
    }

    @Override
    public Tensor sample(int k, Generator rng) {
        Tensor uniform = rng.uniform(logits.dtype(), logits.device(), Shapes.prepend(k, logits.shape()));
        return uniform.lessThan(mean().detach());
    }

    @Override
    public Tensor mean() {
        return logits.sigmoid();
    }

    @Override
    public Tensor logProbOfPairs(Tensor x) {
        return x.matmul(logits.transpose(0, 1)).sub(logits.sumSoftplus());
    }

    @Override
    public Tensor standardDeviation() {
        return logits.sigmoid().mul(logits.neg().sigmoid()).sqrt();
    }

    @Override
    public Tensor mode() {
        return logits.detach().neg().lessThan(0);
    }

    @Override
    public Bernoulli withMean(Tensor mean) {
        Tensor inside = mean.clamp(LEAST, 1 - LEAST);
        return new Bernoulli(inside.log().sub(inside.neg().add(1).log()));
    }

    @Override
    public long states() {
        return Finite.power(2, logits.size(-1));
    }

    @Override
    public Tensor support() {
        double[] values = Arrays.stream(Finite.numbers(2, Math.toIntExact(logits.size(-1))))
                .flatMapToInt(Arrays::stream)
                .asDoubleStream()
                .toArray();
        return Tensor.of(values, logits.device(), states(), logits.size(-1)).to(logits.dtype());
    }

    @Override
    public Bernoulli detach() {
        return new Bernoulli(logits.detach());
    }
}
