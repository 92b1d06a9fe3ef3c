package jensen.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import jensen.data.Batch;
import jensen.dist.Distribution;
import jensen.dist.Draw;
import jensen.dist.Finite;
import jensen.dist.Kl;
import jensen.dist.Relaxed;
import jensen.net.Parameters;
import jensen.net.Slot;
import jensen.tensor.Tensor;

/**
 * The joint distribution p_θ(x, z) = p_θ(z) p_θ(x|z).
 *
 * @param prior p(z)
 * @param likelihood p(x|z)
 */
public record Model(Prior prior, Conditional likelihood) {
    /** @throws IllegalArgumentException if the likelihood's condition is not as long as z */
    public Model {
        if (likelihood.condition() != prior.latent()) {
            throw new IllegalArgumentException("likelihood must take " + prior.latent()
                    + " latent dimensions as the prior has, takes " + likelihood.condition());
        }
    }

    /** The parameters that it needs, θ. */
    public List<Slot> slots() {
        List<Slot> slots = new ArrayList<>(Slot.under("prior", prior.slots()));
        slots.addAll(Slot.under("likelihood", likelihood.slots()));
        return slots;
    }

    /**
     * θ as this model reads it: with a prior that is made of the guide's posteriors also the encoder's part of φ, and else
     * θ alone.
     *
     * @see Parameters#borrowed
     */
    public Parameters reading(Parameters theta, Parameters phi) {
        return prior instanceof Prior.Vamp ? theta.borrowing("prior." + Prior.Vamp.ENCODER, phi, "encoder") : theta;
    }

    /** p(z). */
    public Distribution prior(Parameters theta) {
        return prior.distribution(theta.at("prior"));
    }

    /** p(x|z) for z {@code […, D]}. */
    public Distribution likelihood(Parameters theta, Tensor z) {
        return likelihood.given(theta.at("likelihood"), z);
    }

    /**
     * The three terms of log w = log p(x|z) + log p(z) − log q(z|x).
     *
     * <p>Of a relaxed q they are those of the relaxed model: the likelihood at the codes between the values, and the densities
     * of the relaxed prior and q; what has a closed form is the divergence of the two that are relaxed.
     *
     * @param draw z from q, {@code [K, B, D]} or, the same for all data, {@code [K, 1, D]}
     * @param q the distribution whose density divides: q_φ(z|x), or the same with its parameters as constants
     */
    public LogWeights logWeights(Parameters theta, Batch batch, Draw draw, Distribution q) {
        return logWeights(prior(theta), z -> likelihood.logProb(theta.at("likelihood"), z, batch.x()), draw, q);
    }

    /**
     * {@link #logWeights} of some data as a function of draws and their q, for many calls: what depends on the data alone is done
     * once.
     */
    public BiFunction<Draw, Distribution, LogWeights> logWeights(Parameters theta, Batch batch) {
        Distribution p = prior(theta);
        UnaryOperator<Tensor> density = likelihood.density(theta.at("likelihood"), batch.x());
        return (draw, q) -> logWeights(p, density, draw, q);
    }

    /** This is the only place where the terms are formed. */
    private static LogWeights logWeights(Distribution p, UnaryOperator<Tensor> density, Draw draw, Distribution q) {
        Tensor z = draw.z();
        if (q instanceof Relaxed relaxed) {
            return new LogWeights(
                    () -> density.apply(relaxed.code(z)),
                    () -> Relaxed.of(finite(p), relaxed.temperature()).logProb(z),
                    () -> draw.logProb(q),
                    () -> Kl.closedForm(relaxed.of(), p));
        }
        return new LogWeights(
                () -> density.apply(z), () -> p.logProb(z), () -> draw.logProb(q), () -> Kl.closedForm(q, p));
    }

    private static Finite finite(Distribution p) {
        if (p instanceof Finite finite) {
            return finite;
        }
        throw new IllegalArgumentException("p(z) must be discrete to be relaxed as q is, is a "
                + p.getClass().getSimpleName());
    }
}
