package jensen.model;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import jensen.dist.DiagonalNormal;
import jensen.dist.Distribution;
import jensen.net.Parameters;
import jensen.net.Slot;
import jensen.tensor.Tensor;

/** The distribution p(z) of the latent variables before any datum is seen. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes(@JsonSubTypes.Type(value = Prior.StandardNormal.class, name = "standard-normal"))
public sealed interface Prior {
    /** D, the number of latent dimensions. */
    int latent();

    /** The parameters that it needs. */
    List<Slot> slots();

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
            if (latent < 1) {
                throw new IllegalArgumentException("latent must be ≥ 1, was " + latent);
            }
        }

        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public Distribution distribution(Parameters w) {
            return DiagonalNormal.standardLike(
                    Tensor.zeros(w.flat().dtype(), w.flat().device(), latent));
        }
    }
}
