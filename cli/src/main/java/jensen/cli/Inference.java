package jensen.cli;

import jensen.evaluate.Evaluator;
import jensen.model.Amortised;
import jensen.model.Guide;
import jensen.model.Head;
import jensen.model.PerDatum;
import jensen.model.Refinement;
import jensen.model.SemiAmortised;
import jensen.net.Initialiser;
import jensen.net.Parameters;
import jensen.tensor.Tensor;

/** How q is chosen for a datum, as it is asked for. */
sealed interface Inference {
    /** What refines an encoder's q. */
    Refinement FEW = new Refinement(20, 4, 0.03);

    /** What finds q from nothing. */
    Refinement MANY = new Refinement(500, 8, 0.1);

    /**
     * The guide.
     *
     * @param encoder the network there is, or what it would be
     * @param rows of training data
     */
    Guide guide(Head encoder, int rows);

    /**
     * A trained model with q chosen so.
     *
     * @throws IllegalArgumentException if the run has no encoder
     */
    default Evaluator of(Evaluator trained) {
        Guide guide = guide(encoder(trained.guide()), 0);
        if (!(guide instanceof PerDatum)) {
            return trained.with(guide, trained.phi());
        }
        Tensor like = trained.phi().flat();
        return trained.with(
                guide, Parameters.start(guide.slots(), Initialiser.GLOROT, trained.rng(), like.dtype(), like.device()));
    }

    private static Head encoder(Guide guide) {
        if (guide instanceof Amortised a && a.encoder() instanceof Head head) {
            return head;
        }
        if (guide instanceof SemiAmortised s) {
            return s.encoder();
        }
        if (guide instanceof Amortised) {
            throw new IllegalArgumentException(
                    "--inference: expected a run with one layer of latent variables, found several");
        }
        throw new IllegalArgumentException("--inference: expected a run with an encoder, found one without");
    }

    /** A network says it. */
    record ByNetwork() implements Inference {
        @Override
        public Guide guide(Head encoder, int rows) {
            return new Amortised(encoder);
        }
    }

    /** A network begins, steps of the datum's own refine. */
    record Refined(Refinement steps) implements Inference {
        @Override
        public Guide guide(Head encoder, int rows) {
            return new SemiAmortised(encoder, steps);
        }
    }

    /** Steps of the datum's own find it. */
    record Alone(Refinement steps) implements Inference {
        @Override
        public Guide guide(Head encoder, int rows) {
            return new PerDatum(encoder.family(), encoder.event(), rows, steps);
        }
    }
}
