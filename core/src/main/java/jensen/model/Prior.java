package jensen.model;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.ArrayList;
import java.util.List;
import jensen.dist.Chain;
import jensen.dist.DiagonalNormal;
import jensen.dist.Distribution;
import jensen.dist.Reparameterised;
import jensen.dist.Transform;
import jensen.net.Parameters;
import jensen.net.Slot;
import jensen.tensor.Tensor;

/** The distribution p(z) of the latent variables before any datum is seen. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Prior.StandardNormal.class, name = "standard-normal"),
    @JsonSubTypes.Type(value = Prior.Mixture.class, name = "mixture"),
    @JsonSubTypes.Type(value = Prior.Flow.class, name = "flow"),
    @JsonSubTypes.Type(value = Prior.Vamp.class, name = "vamp"),
    @JsonSubTypes.Type(value = Prior.Chained.class, name = "chained"),
    @JsonSubTypes.Type(value = Prior.Discrete.class, name = "discrete")
})
public sealed interface Prior {
    /** D, the number of latent dimensions. */
    int latent();

    /** The parameters that it needs. */
    List<Slot> slots();

    /** Whether z under q of a family has the values that it has under p(z). */
    default boolean fits(Family q) {
        return !q.discrete();
    }

    /** p(z) with events {@code [D]}, on the device and in the type of θ's values. */
    Distribution distribution(Parameters w);

    /**
     * N(0, I).
     *
     * @param latent D
     */
    record StandardNormal(int latent) implements Prior {
        /** @throws IllegalArgumentException if {@code latent} is not positive */
        public StandardNormal {
            CorrelatedFamily.requirePositive("latent", latent);
        }

        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public Distribution distribution(Parameters w) {
            return DiagonalNormal.standard(w.flat().dtype(), w.flat().device(), latent);
        }
    }

    /**
     * A mixture of normals with independent components, whose weights, means and variances are learned.
     *
     * @param latent D
     * @param components M
     */
    record Mixture(int latent, int components) implements Prior {
        /** @throws IllegalArgumentException if a size is not positive */
        public Mixture {
            CorrelatedFamily.requirePositive("latent", latent);
            CorrelatedFamily.requirePositive("components", components);
        }

        /** The means start apart, as rows of a weight do: equal components would stay equal. */
        @Override
        public List<Slot> slots() {
            long m = components;
            long d = latent;
            return List.of(
                    Slot.constant("logits", 0, m),
                    Slot.weight("mean", List.of(m, d), d, d),
                    Slot.constant("logVariance", 0, m, d));
        }

        @Override
        public Distribution distribution(Parameters w) {
            return new jensen.dist.NormalMixture(
                    w.get("logits"), new DiagonalNormal(w.get("mean"), w.get("logVariance")));
        }
    }

    /**
     * Independent normals, which are learned, carried through inverses of inverse-autoregressive maps: the density of any z
     * takes one pass, a draw one for each dimension.
     *
     * @param latent D
     * @param length the number of maps
     * @param hidden the hidden units of each masked network
     * @see <a href="https://arxiv.org/abs/1705.07057">Papamakarios, Pavlakou and Murray 2017, arXiv 1705.07057, §3.3</a>
     */
    record Flow(int latent, int length, int hidden) implements Prior {
        /** @throws IllegalArgumentException if a size is not positive */
        public Flow {
            CorrelatedFamily.requirePositive("latent", latent);
            CorrelatedFamily.requirePositive("length", length);
            CorrelatedFamily.requirePositive("hidden", hidden);
        }

        /** A fresh map widens z by 1/σ(s), which the base's variance makes up for. */
        @Override
        public List<Slot> slots() {
            double open = 1 / (1 + Math.exp(-FlowFamily.Autoregressive.OPEN));
            List<Slot> slots = new ArrayList<>(FlowFamily.Autoregressive.masked(length, hidden, latent));
            slots.add(Slot.constant("mean", 0, latent));
            slots.add(Slot.constant("logVariance", 2 * length * Math.log(open), latent));
            return slots;
        }

        @Override
        public Distribution distribution(Parameters w) {
            List<Transform> transforms = new ArrayList<>();
            for (int t = 0; t < length; t++) {
                Parameters own = w.at(String.valueOf(t));
                transforms.add(
                        new Transform.Inverse(FlowFamily.Autoregressive.step(own, own.get("input.bias"), t % 2 == 1)));
            }
            return new jensen.dist.Flow(new DiagonalNormal(w.get("mean"), w.get("logVariance")), transforms);
        }
    }

    /**
     * The variational mixture of posteriors, p(z) = 1/K Σ_k q_φ(z|u_k): the guide's own encoder at K learned pseudo-inputs.
     * The inputs are among θ; the encoder's parameters stay φ's, and are read through {@link Model#reading}.
     *
     * @param encoder the guide's
     * @param inputs K
     * @param unit whether the inputs stay between 0 and 1, as the logistic function of what is learned
     * @see <a href="https://arxiv.org/abs/1705.07120">Tomczak and Welling 2018, arXiv 1705.07120, eq. 9</a>
     */
    record Vamp(Conditional encoder, int inputs, boolean unit) implements Prior {
        /** Where the encoder's parameters are read, below the prior's path. */
        static final String ENCODER = "encoder";

        /** A datum's 0 and 1 start here: at the ends the logistic function would not move. */
        private static final double EDGE = 0.05;

        /** @throws IllegalArgumentException if the number of inputs is not positive */
        public Vamp {
            CorrelatedFamily.requirePositive("inputs", inputs);
        }

        @Override
        public int latent() {
            return encoder.event();
        }

        @Override
        public List<Slot> slots() {
            long x = encoder.condition();
            return List.of(Slot.weight("inputs", List.of((long) inputs, x), x, x));
        }

        /** @throws IllegalArgumentException if the encoder's q is not reparameterised */
        @Override
        public Distribution distribution(Parameters w) {
            Tensor u = w.get("inputs");
            Distribution q = encoder.given(w.at(ENCODER), unit ? u.sigmoid() : u);
            if (q instanceof Reparameterised components) {
                Tensor logits = Tensor.zeros(u.dtype(), u.device(), inputs);
                return new jensen.dist.Mixture(logits, components);
            }
            throw new IllegalArgumentException("encoder must give distributions that can be reparameterised, gives "
                    + q.getClass().getSimpleName());
        }

        /**
         * Starts the inputs at data.
         *
         * @param w this prior's parameters
         * @param data as the encoder sees them, {@code [inputs · X]}
         */
        public void start(Parameters w, float[] data) {
            double[] start = new double[data.length];
            for (int i = 0; i < data.length; i++) {
                double inside = Math.max(EDGE, Math.min(1 - EDGE, data[i]));
                start[i] = unit ? Math.log(inside / (1 - inside)) : data[i];
            }
            w.set("inputs", Tensor.of(start, inputs, encoder.condition()));
        }
    }

    /**
     * Layers of latent variables, p(h₂) p(h₁|h₂) with z = (h₁, h₂).
     *
     * @param top p(h₂), or more layers
     * @param below p(h₁|h₂)
     * @see <a href="https://arxiv.org/abs/1509.00519">Burda, Grosse and Salakhutdinov 2015, arXiv 1509.00519, eq. 1</a>
     */
    record Chained(Prior top, Conditional below) implements Prior {
        /** @throws IllegalArgumentException if the lower layer does not take the upper one's length, or that is a VampPrior */
        public Chained {
            if (below.condition() != top.latent()) {
                throw new IllegalArgumentException(
                        "below must take " + top.latent() + " elements as the top has, takes " + below.condition());
            }
            if (top instanceof Vamp) {
                throw new IllegalArgumentException(
                        "top must not be a VampPrior, whose inputs the encoder of all layers reads");
            }
        }

        @Override
        public int latent() {
            return Math.addExact(below.event(), top.latent());
        }

        @Override
        public List<Slot> slots() {
            List<Slot> slots = new ArrayList<>(Slot.under("top", top.slots()));
            slots.addAll(Slot.under("below", below.slots()));
            return slots;
        }

        /** @throws IllegalArgumentException if a layer's distribution cannot be reparameterised */
        @Override
        public Distribution distribution(Parameters w) {
            return new Chain(
                    Reparameterised.require(top.distribution(w.at("top"))),
                    new jensen.model.Chained.Link(below, w.at("below")),
                    true);
        }
    }

    /**
     * Independent discrete variables: all values alike or, where the probabilities are learned, each variable with its own.
     *
     * @param family what the variables are, the same as q's
     * @param latent the length of z
     * @param learned whether the logits are parameters
     */
    record Discrete(Family family, int latent, boolean learned) implements Prior {
        /** @throws IllegalArgumentException if {@code latent} is not positive or the family not discrete */
        public Discrete {
            CorrelatedFamily.requirePositive("latent", latent);
            if (!family.discrete()) {
                throw new IllegalArgumentException("family must be discrete, was " + family.name());
            }
        }

        @Override
        public boolean fits(Family q) {
            return q.equals(family);
        }

        @Override
        public List<Slot> slots() {
            return learned ? List.of(Slot.constant("logits", 0, latent)) : List.of();
        }

        @Override
        public Distribution distribution(Parameters w) {
            Tensor logits = learned
                    ? w.get("logits")
                    : Tensor.zeros(w.flat().dtype(), w.flat().device(), latent);
            return family.of(w, logits, latent);
        }
    }
}
