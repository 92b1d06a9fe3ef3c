package jensen.gradient;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import jensen.bound.Bound;
import jensen.data.Batch;
import jensen.dist.Reparameterised;
import jensen.model.Model;
import jensen.net.Parameters;
import jensen.tensor.Tensor;

/** How the gradient of a bound is estimated from draws of z. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes(@JsonSubTypes.Type(value = Pathwise.class, name = "pathwise"))
public sealed interface GradientEstimator permits Pathwise {
    /**
     * Evaluates a bound at draws from q.
     *
     * @param z draws from q through which gradients flow, {@code [K, B, D]}
     * @param klWeight the factor of KL(q ‖ p) in the objective
     */
    Estimate estimate(
            Model model, Parameters theta, Batch batch, Reparameterised q, Tensor z, Bound bound, double klWeight);
}
