package jensen.dist;

import java.util.List;
import java.util.stream.LongStream;
import jensen.tensor.Native;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;

/**
 * The inverse-autoregressive map f(z) = σ(s) ⊙ z + (1 − σ(s)) ⊙ m, in which m_i and s_i depend on the elements of z before
 * i alone, by a masked network with one hidden layer: [m, s] = V tanh(W z + c) + a.
 *
 * <p>A hidden unit is given a place among the elements: it sees those up to its place, and is seen by those after it. Units
 * placed before all elements see the context c only. Forward is one pass; the inverse takes one for each element.
 *
 * @param input W, {@code [H, X]}; of it only entries that the order allows are used
 * @param context c, {@code […, H]}: what the map depends on besides z
 * @param output V, {@code [2X, H]}, used likewise
 * @param bias a, {@code [2X]}
 * @param reversed whether the order is that of falling i
 * @see <a href="https://arxiv.org/abs/1606.04934">Kingma et al. 2016, arXiv 1606.04934, eqs. 10-14</a>
 * @see <a href="https://arxiv.org/abs/1502.03509">Germain et al. 2015, arXiv 1502.03509, §3, for the masks</a>
 */
public record Autoregressive(Tensor input, Tensor context, Tensor output, Tensor bias, boolean reversed)
        implements Transform {
    /** @throws IllegalArgumentException if the shapes do not fit each other */
    public Autoregressive {
        long h = input.size(0);
        long x = input.size(1);
        if (context.size(-1) != h || output.size(0) != 2 * x || output.size(1) != h || bias.size(-1) != 2 * x) {
            throw new IllegalArgumentException("context, output and bias must be […, " + h + "], [" + 2 * x + ", " + h
                    + "] and [" + 2 * x + "] as input is [" + h + ", " + x + "], are "
                    + List.of(
                            java.util.Arrays.toString(context.shape()),
                            java.util.Arrays.toString(output.shape()),
                            java.util.Arrays.toString(bias.shape())));
        }
    }

    /** Σ log σ(s_i). */
    @Override
    public Image forward(Tensor z) {
        Gates gates = masked().gates(z);
        return new Image(z.mul(gates.open()).add(gates.shift()), gates.logOpen().sum(-1));
    }

    /**
     * z = (f − (1 − σ(s)) m) / σ(s), over and over: each round settles at least one more element, the next in the order, so
     * that after as many rounds as elements all are exact, whatever they were at first.
     */
    @Override
    public Image inverse(Tensor z) {
        Masked masked = masked();
        Image image = new Image(z, z);
        for (long round = 0; round < input.size(1); round++) {
            image = round(masked, z, image.z());
        }
        return image;
    }

    /** One round, whose intermediate results, one for each hidden unit, do not outlive it unless a gradient needs them. */
    private static Image round(Masked masked, Tensor z, Tensor before) {
        if (Native.recordsGradient()) {
            return settled(masked, z, before);
        }
        try (Scope scope = new Scope()) {
            Image image = settled(masked, z, before);
            return new Image(scope.keep(image.z()), scope.keep(image.logDeterminant()));
        }
    }

    private static Image settled(Masked masked, Tensor z, Tensor before) {
        Gates gates = masked.gates(before);
        return new Image(
                z.sub(gates.shift()).div(gates.open()), gates.logOpen().sum(-1).neg());
    }

    @Override
    public Autoregressive detach() {
        return new Autoregressive(input.detach(), context.detach(), output.detach(), bias.detach(), reversed);
    }

    /** The weights that the order allows. */
    private Masked masked() {
        int h = Math.toIntExact(input.size(0));
        int x = Math.toIntExact(input.size(1));
        // places of the hidden units go round −1, 0, …, X − 2
        Tensor unit = column(LongStream.range(0, h).map(j -> j % x - 1));
        Tensor element = column(LongStream.range(0, x).map(i -> reversed ? x - 1 - i : i));
        Tensor seen = element.transpose(0, 1).lessThan(unit.add(1));
        Tensor sees = unit.transpose(0, 1).lessThan(element);
        return new Masked(
                input.mul(seen).transpose(0, 1),
                output.mul(Tensor.concat(List.of(sees, sees), 0)).transpose(0, 1));
    }

    private Tensor column(LongStream places) {
        double[] values = places.asDoubleStream().toArray();
        return Tensor.of(values, input.device(), values.length, 1).to(input.dtype());
    }

    private final class Masked {
        private final Tensor in;
        private final Tensor out;

        Masked(Tensor in, Tensor out) {
            this.in = in;
            this.out = out;
        }

        Gates gates(Tensor z) {
            long x = input.size(1);
            Tensor both = z.matmul(in).add(context).tanh().matmul(out).add(bias);
            return new Gates(both.narrow(-1, 0, x), both.narrow(-1, x, x));
        }
    }

    private record Gates(Tensor m, Tensor s) {
        Tensor open() {
            return s.sigmoid();
        }

        Tensor logOpen() {
            return s.neg().softplus().neg();
        }

        Tensor shift() {
            return s.neg().sigmoid().mul(m);
        }
    }
}
