package jensen.net;

import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Tensor;

/** How weights start. */
public enum Initialiser {
    /** Uniform on ±√(6 / (fan-in + fan-out)): Glorot and Bengio, AISTATS 2010, eq. 16. */
    GLOROT {
        @Override
        Tensor weight(Slot slot, Generator rng) {
            double limit = Math.sqrt(6.0 / (slot.fanIn() + slot.fanOut()));
            return rng.uniform(DType.FLOAT64, Device.CPU, slot.axes())
                    .mul(2 * limit)
                    .add(-limit);
        }
    },
    /** Normal with variance 2 / fan-in: He et al., arXiv 1502.01852, eq. 10. */
    HE {
        @Override
        Tensor weight(Slot slot, Generator rng) {
            return rng.normal(DType.FLOAT64, Device.CPU, slot.axes()).mul(Math.sqrt(2.0 / slot.fanIn()));
        }
    },
    /** Normal with variance 0.01: Kingma and Welling, arXiv 1312.6114, §5, reading their N(0, 0.01) as a variance. */
    PAPER {
        @Override
        Tensor weight(Slot slot, Generator rng) {
            return rng.normal(DType.FLOAT64, Device.CPU, slot.axes()).mul(0.1);
        }
    };

    abstract Tensor weight(Slot slot, Generator rng);

    /** The slot's starting value, float64. */
    Tensor start(Slot slot, Generator rng) {
        return slot.fanIn() > 0
                ? weight(slot, rng)
                : Tensor.zeros(DType.FLOAT64, Device.CPU, slot.axes()).add(slot.start());
    }
}
