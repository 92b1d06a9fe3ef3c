package jensen.evaluate;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
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
 * by what evaluates a q that is there; and how often it was asked for the density of some data, to be used for many draws.
 *
 * @param of the likelihood
 * @param draws so far, over all data
 * @param asked for the draws of some data at once, without what does once what the data alone decide
 * @param prepared densities of some data so far
 */
public record Counted(Conditional of, AtomicLong draws, AtomicLong asked, AtomicLong prepared) implements Conditional {
    /** The same evaluator, whose model counts. */
    public static Evaluator of(Evaluator e) {
        Model model = new Model(
                e.model().prior(),
                new Counted(e.model().likelihood(), new AtomicLong(), new AtomicLong(), new AtomicLong()));
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

    /** Of an evaluator that counts, {@link #asked} and {@link #prepared}. */
    static long[] densities(Evaluator e) {
        Counted counted = (Counted) e.model().likelihood();
        return new long[] {counted.asked.get(), counted.prepared.get()};
    }

    @Override
    public Tensor logProb(Parameters w, Tensor condition, Tensor x) {
        asked.incrementAndGet();
        return given(w, condition).logProb(x);
    }

    @Override
    public UnaryOperator<Tensor> density(Parameters w, Tensor x) {
        prepared.incrementAndGet();
        return condition -> given(w, condition).logProb(x);
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
