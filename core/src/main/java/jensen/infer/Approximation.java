package jensen.infer;

import java.util.ArrayList;
import java.util.List;
import jensen.dist.Distribution;
import jensen.dist.Draw;
import jensen.gradient.Target;
import jensen.model.Family;
import jensen.model.LogWeights;
import jensen.net.Initialiser;
import jensen.net.Parameters;
import jensen.net.Slot;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;

/**
 * A posterior and the q that approximates it, both on coordinates without bounds: q is a family of distributions whose
 * parameters are not the outputs of a network but free.
 *
 * @param exact what is approximated
 * @param family what q can be
 * @param phi which q of the family it is
 */
record Approximation(Posterior exact, Family family, Parameters phi) implements Target {
    private static final String OUTPUTS = "outputs";
    private static final String FAMILY = "family";

    /** How far outputs start from the family's own start: a flow would not leave a start at which all its maps are alike. */
    private static final double JITTER = 0.1;

    /** A q about a point, as wide as the family starts. */
    static Approximation around(double[] point, Posterior exact, Family family, Generator rng) {
        double[] outputs = family.bias(point);
        double[] noise = rng.split(OUTPUTS)
                .normal(DType.FLOAT64, Device.CPU, outputs.length)
                .toDoubles();
        for (int i = 0; i < outputs.length; i++) {
            outputs[i] += JITTER * noise[i];
        }
        List<Slot> slots = new ArrayList<>(Slot.under(FAMILY, family.slots(point.length)));
        slots.add(Slot.constant(OUTPUTS, 0, 1, outputs.length));
        Parameters phi = Parameters.start(slots, Initialiser.GLOROT, rng, DType.FLOAT64, Device.CPU);
        try (Scope scope = new Scope()) {
            phi.set(OUTPUTS, Tensor.of(outputs, 1, outputs.length));
        }
        return new Approximation(exact, family, phi);
    }

    /** The same at a copy of φ. */
    Approximation copy() {
        return new Approximation(exact, family, phi.copy());
    }

    /** q with events {@code [D]} under {@code [1]}. */
    @Override
    public Distribution posterior() {
        return family.of(phi.at(FAMILY), phi.get(OUTPUTS), exact.dimensions());
    }

    @Override
    public LogWeights logWeights(Draw draw, Distribution q) {
        Tensor z = draw.z();
        return LogWeights.of(
                exact.logDensity(z.reshape(-1, exact.dimensions())).reshape(z.size(0), z.size(1)), draw.logProb(q));
    }

    /** log w of draws from q, {@code [n, 1]}. */
    LogWeights logWeights(int n, Generator rng) {
        Distribution q = posterior();
        return logWeights(draw(q, n, rng), q);
    }
}
