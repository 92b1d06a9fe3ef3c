package jensen.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import jensen.data.Values;
import jensen.dist.Bernoulli;
import jensen.dist.Distribution;
import jensen.net.Mlp;
import jensen.net.Network;
import jensen.net.Parameters;
import jensen.net.Slot;
import jensen.tensor.Native;
import jensen.tensor.Tensor;

/**
 * A network whose outputs are the parameters of a family of distributions.
 *
 * @param net from the condition to the family's parameters
 * @param family what the outputs mean
 * @param event the length of the event
 */
public record Head(Network net, Family family, int event) implements Conditional {
    /** Conditions for which it pays to do once what depends on x alone. */
    private static final long MANY = 64;

    /** @throws IllegalArgumentException if the network's outputs are not as many as the family needs */
    public Head {
        if (net.outputs() != family.outputs(event)) {
            throw new IllegalArgumentException("net must have " + family.outputs(event) + " outputs for " + family
                    + " of " + event + " elements, has " + net.outputs());
        }
    }

    @Override
    public Distribution given(Parameters w, Tensor condition) {
        return of(w, outputs(w, condition));
    }

    /** {@inheritDoc} Where many conditions of one binary x need no gradient, the logits are not formed. */
    @Override
    public UnaryOperator<Tensor> density(Parameters w, Tensor x) {
        if (x.count() != event
                || !(family instanceof Family.Bernoulli)
                || !(net instanceof Mlp mlp)
                || Native.recordsGradient()) {
            return condition -> given(w, condition).logProb(x);
        }
        Parameters layers = w.at("net");
        UnaryOperator<Tensor> last =
                Bernoulli.density(layers.get(mlp.outputWeight()), layers.get(mlp.outputBias()), x.reshape(event));
        return condition -> last.apply(mlp.lastHidden(layers, condition));
    }

    @Override
    public Tensor logProb(Parameters w, Tensor condition, Tensor x) {
        boolean many = condition.count() >= MANY * condition.size(-1);
        return many ? density(w, x).apply(condition) : given(w, condition).logProb(x);
    }

    /** The network's outputs under a condition, {@code […, P]}. */
    Tensor outputs(Parameters w, Tensor condition) {
        return net.apply(w.at("net"), condition);
    }

    /** The distribution that outputs {@code […, P]} mean. */
    Distribution of(Parameters w, Tensor outputs) {
        return family.of(w.at("family"), outputs, event);
    }

    @Override
    public List<Slot> slots() {
        List<Slot> slots = new ArrayList<>(Slot.under("net", net.slots()));
        slots.addAll(Slot.under("family", family.slots(event)));
        return slots;
    }

    @Override
    public int condition() {
        return net.inputs();
    }

    @Override
    public boolean fits(Values values) {
        return family.fits(values);
    }

    @Override
    public String unfit(Values values) {
        return "likelihood " + family.name() + " does not fit data whose values are each " + values.inWords()
                + "; these likelihoods do: " + String.join(", ", Family.fitting(values));
    }

    /**
     * Sets the output bias so that at the start the distribution's mean is that of the data, as far as the bias can say
     * it: a bias that serves a whole image (a convolution's) gets the mean over its pixels.
     *
     * @param w this conditional's parameters
     * @param mean of each element of the event
     */
    public void centre(Parameters w, double[] mean) {
        double[] bias = family.bias(mean);
        Tensor slot = w.at("net").get(net.outputBias());
        int entries = Math.toIntExact(slot.count());
        int run = bias.length / entries;
        double[] start = new double[entries];
        for (int i = 0; i < bias.length; i++) {
            start[i / run] += bias[i] / run;
        }
        w.at("net").set(net.outputBias(), Tensor.of(start, entries));
    }
}
