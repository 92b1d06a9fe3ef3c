package jensen;

import java.util.List;
import jensen.net.Initialiser;
import jensen.net.Parameters;
import jensen.net.Slot;
import jensen.optim.Adam;
import jensen.optim.Optimised;
import jensen.optim.Schedule;
import jensen.tensor.Autograd;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;

/** Climbs an objective by Adam in float64, its rate falling to zero. */
public final class Uphill {
    private Uphill() {}

    /** What is climbed: a scalar, on noise of its own at each step. */
    public interface Objective {
        Tensor at(Parameters w, Generator noise);
    }

    /** Parameters for some slots, from a small random start. */
    public static Parameters start(List<Slot> slots, long seed) {
        return Parameters.start(slots, Initialiser.GLOROT, Generator.of(seed), DType.FLOAT64, Device.CPU);
    }

    /** Changes parameters in place. */
    public static void climb(Parameters w, Objective objective, int steps, double rate) {
        Schedule schedule = new Schedule.Cosine(rate, 0, steps);
        try (Scope all = new Scope()) {
            Optimised climbed = new Optimised(w.flat(), Adam.standard());
            for (int step = 0; step < steps; step++) {
                try (Scope scope = new Scope()) {
                    Tensor value = objective.at(w, Generator.of(7).split(step));
                    Tensor found = w.flat(Autograd.gradient(value, w.leaves()));
                    climbed.step(found, schedule.at(step));
                }
            }
        }
    }
}
