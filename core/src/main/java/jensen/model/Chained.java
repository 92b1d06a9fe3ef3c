package jensen.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jensen.data.Values;
import jensen.dist.Chain;
import jensen.dist.Distribution;
import jensen.dist.Reparameterised;
import jensen.net.Parameters;
import jensen.net.Slot;
import jensen.tensor.Tensor;

/**
 * An encoder of two layers of latent variables, q(h₁|x) q(h₂|h₁), with z = (h₁, h₂); of more layers with another in the place
 * of the second.
 *
 * @param first q(h₁|x)
 * @param then q(h₂|h₁)
 * @see <a href="https://arxiv.org/abs/1509.00519">Burda, Grosse and Salakhutdinov 2015, arXiv 1509.00519, eq. 4</a>
 */
public record Chained(Conditional first, Conditional then) implements Conditional {
    /** @throws IllegalArgumentException if the second does not take what the first gives */
    public Chained {
        if (then.condition() != first.event()) {
            throw new IllegalArgumentException(
                    "then must take the " + first.event() + " elements of the first layer, takes " + then.condition());
        }
    }

    /**
     * A layer given the one before, by a network.
     *
     * @param conditional the network and its family
     * @param w its parameters
     */
    record Link(Conditional conditional, Parameters w) implements Chain.Given {
        @Override
        public Reparameterised at(Tensor a) {
            return Reparameterised.require(conditional.given(w, a));
        }

        @Override
        public Link detach() {
            return new Link(conditional, w.detached());
        }
    }

    /** @throws IllegalArgumentException if a layer's distribution cannot be reparameterised */
    @Override
    public Distribution given(Parameters w, Tensor condition) {
        return chain(w, first.given(w.at("first"), condition));
    }

    private Chain chain(Parameters w, Distribution below) {
        return new Chain(Reparameterised.require(below), new Link(then, w.at("then")), false);
    }

    /** The numbers of the first layer, those that x chooses: what follows is the networks' own. */
    @Override
    public Optional<Local> local(Parameters w, Tensor condition) {
        return first.local(w.at("first"), condition)
                .map(local -> new Local(
                        local.parameters(),
                        parameters -> chain(w, local.family().apply(parameters))));
    }

    @Override
    public List<Slot> slots() {
        List<Slot> slots = new ArrayList<>(Slot.under("first", first.slots()));
        slots.addAll(Slot.under("then", then.slots()));
        return slots;
    }

    @Override
    public int condition() {
        return first.condition();
    }

    @Override
    public int event() {
        return Math.addExact(first.event(), then.event());
    }

    @Override
    public boolean fits(Values values) {
        return first.fits(values) && then.fits(values);
    }
}
