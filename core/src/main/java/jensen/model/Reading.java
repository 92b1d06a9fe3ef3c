package jensen.model;

import java.util.List;
import java.util.function.UnaryOperator;
import jensen.data.Values;
import jensen.dist.Distribution;
import jensen.net.Parameters;
import jensen.net.Slot;
import jensen.tensor.Tensor;

/**
 * A conditional that depends on the first elements of its condition alone: p(x|h₁) of z = (h₁, h₂).
 *
 * @param of what they are the condition of
 * @param condition the length of the whole
 */
public record Reading(Conditional of, int condition) implements Conditional {
    /** @throws IllegalArgumentException if the whole is shorter than what is read */
    public Reading {
        if (condition < of.condition()) {
            throw new IllegalArgumentException(
                    "condition must be ≥ " + of.condition() + ", of which so many are read, was " + condition);
        }
    }

    private Tensor read(Tensor whole) {
        return whole.narrow(-1, 0, of.condition());
    }

    @Override
    public Distribution given(Parameters w, Tensor whole) {
        return of.given(w, read(whole));
    }

    @Override
    public Tensor logProb(Parameters w, Tensor whole, Tensor x) {
        return of.logProb(w, read(whole), x);
    }

    @Override
    public UnaryOperator<Tensor> density(Parameters w, Tensor x) {
        UnaryOperator<Tensor> density = of.density(w, x);
        return whole -> density.apply(read(whole));
    }

    @Override
    public void centre(Parameters w, double[] mean) {
        of.centre(w, mean);
    }

    @Override
    public List<Slot> slots() {
        return of.slots();
    }

    @Override
    public int event() {
        return of.event();
    }

    @Override
    public boolean fits(Values values) {
        return of.fits(values);
    }

    @Override
    public String unfit(Values values) {
        return of.unfit(values);
    }
}
