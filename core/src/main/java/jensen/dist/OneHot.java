package jensen.dist;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jensen.tensor.Generator;
import jensen.tensor.Shapes;
import jensen.tensor.Tensor;

/**
 * Independent variables of C classes each, written as C elements that are all 0 but for a 1 at the class; the elements of a
 * variable stand side by side.
 *
 * @param logits unnormalised log-probabilities of the classes, {@code […, X]}, X a multiple of C
 * @param classes C
 */
public record OneHot(Tensor logits, int classes) implements Finite {
    /** @throws IllegalArgumentException for fewer than two classes, or events that are not made of whole variables */
    public OneHot {
        if (classes < 2 || logits.size(-1) % classes != 0) {
            throw new IllegalArgumentException(
                    "classes must be ≥ 2 and divide the event's " + logits.size(-1) + " elements, was " + classes);
        }
    }

    /** Σ x log π, the log-mass of x whose variables are each one class. */
    @Override
    public Tensor logProb(Tensor x) {
        return logProbabilities().mul(x).sum(-1);
    }

    @Override
    public Tensor logProbOfPairs(Tensor x) {
        return x.matmul(logProbabilities().transpose(0, 1));
    }

    /** log π, {@code […, X]}. */
    Tensor logProbabilities() {
        return flat(variables(logits).logSoftmax(-1));
    }

    /** Values {@code […, X]} with an axis for the variables and one for the classes, {@code […, D, C]}. */
    Tensor variables(Tensor values) {
        return values.reshape(Shapes.append(Shapes.batch(values.shape()), values.size(-1) / classes, classes));
    }

    /** Values {@code […, D, C]} as {@code […, X]}. */
    static Tensor flat(Tensor values) {
        long[] batch = Shapes.batch(Shapes.batch(values.shape()));
        return values.reshape(Shapes.append(batch, values.size(-2) * values.size(-1)));
    }

    @Override
    public Tensor sample(int k, Generator rng) {
        Tensor p = variables(logits.detach()).softmax(-1);
        Tensor u = rng.uniform(p.dtype(), p.device(), Shapes.prepend(k, Shapes.batch(p.shape())));
        return flat(chosen(u.unsqueeze(-1), p));
    }

    /**
     * 1 for the class in whose share of [0, 1] a number is, else 0.
     *
     * @param u {@code […, 1]}, from 0 to 1
     * @param p the shares, {@code […, C]}, which add up to 1
     * @return {@code […, C]}
     */
    static Tensor chosen(Tensor u, Tensor p) {
        List<Tensor> chosen = new ArrayList<>();
        Tensor end = u.zerosLike();
        Tensor before = u.zerosLike();
        for (long c = 0; c < p.size(-1); c++) {
            end = end.add(p.narrow(-1, c, 1));
            // rounding may leave the last share's end below 1
            Tensor within = c + 1 < p.size(-1) ? u.lessThan(end) : u.zerosLike().add(1);
            chosen.add(within.sub(before));
            before = within;
        }
        return Tensor.concat(chosen, -1);
    }

    /** 1 for the largest of values {@code […, C]}, the first where there are several, else 0. */
    static Tensor largest(Tensor values) {
        Tensor below = values.lessThan(values.max(-1).unsqueeze(-1));
        Tensor open = below.narrow(-1, 0, 1).zerosLike().add(1);
        List<Tensor> chosen = new ArrayList<>();
        for (long c = 0; c < values.size(-1); c++) {
            Tensor still = open.mul(below.narrow(-1, c, 1));
            chosen.add(open.sub(still));
            open = still;
        }
        return Tensor.concat(chosen, -1);
    }

    /** The probabilities of the classes. */
    @Override
    public Tensor mean() {
        return flat(variables(logits).softmax(-1));
    }

    @Override
    public Tensor standardDeviation() {
        Tensor p = mean();
        return p.sub(p.square()).relu().sqrt();
    }

    @Override
    public Tensor mode() {
        return flat(largest(variables(logits.detach())));
    }

    @Override
    public OneHot withMean(Tensor mean) {
        return new OneHot(mean.clamp(LEAST, 1).log(), classes);
    }

    @Override
    public long states() {
        return Finite.power(classes, logits.size(-1) / classes);
    }

    @Override
    public Tensor support() {
        int variables = Math.toIntExact(logits.size(-1) / classes);
        double[] values = Arrays.stream(Finite.numbers(classes, variables))
                .flatMap(number -> Arrays.stream(number).boxed())
                .flatMapToDouble(
                        digit -> java.util.stream.IntStream.range(0, classes).mapToDouble(c -> c == digit ? 1 : 0))
                .toArray();
        return Tensor.of(values, logits.device(), states(), logits.size(-1)).to(logits.dtype());
    }

    @Override
    public OneHot detach() {
        return new OneHot(logits.detach(), classes);
    }
}
