package jensen.evaluate;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import jensen.data.Values;
import jensen.dist.Distribution;
import jensen.model.Conditional;
import jensen.model.Model;
import jensen.net.Parameters;
import jensen.net.Slot;
import jensen.tensor.Native;
import jensen.tensor.Tensor;

/**
 * A likelihood that counts for how many draws of z it was asked with a gradient, as it is by a search for q and by chains, and not
 * by what evaluates a q that is there.
 *
 * @param of the likelihood
 * @param draws so far, over all data
 */
public record Counted(Conditional of, AtomicLong draws) implements Conditional {
    /** The same evaluator, whose model counts. */
    public static Evaluator of(Evaluator e) {
        Model model = new Model(e.model().prior(), new Counted(e.model().likelihood(), new AtomicLong()));
        return new Evaluator(model, e.theta(), e.guide(), e.phi(), e.encoding(), e.rng(), e.threads());
    }

    /** What an evaluator that counts has counted. */
    public static long draws(Evaluator e) {
        return ((Counted) e.model().likelihood()).draws.get();
    }

    @Override
    public Distribution given(Parameters w, Tensor condition) {
        if (Native.recordsGradient()) {
            draws.addAndGet(condition.count() / condition.size(-1));
        }
        return of.given(w, condition);
    }

    @Override
    public List<Slot> slots() {
        return of.slots();
    }

    @Override
    public int condition() {
        return of.condition();
    }

    @Override
    public int event() {
        return of.event();
    }

    @Override
    public boolean fits(Values values) {
        return of.fits(values);
    }
}
