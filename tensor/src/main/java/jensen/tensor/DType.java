package jensen.tensor;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The element types: float32 to train, float64 to verify, int64 to index. */
public enum DType {
    FLOAT32(ScalarType.Float, "F32", 4),
    FLOAT64(ScalarType.Double, "F64", 8),
    INT64(ScalarType.Long, "I64", 8);

    final ScalarType scalarType;
    final String safetensors;
    final int bytes;

    DType(ScalarType scalarType, String safetensors, int bytes) {
        this.scalarType = scalarType;
        this.safetensors = safetensors;
        this.bytes = bytes;
    }

    /** What libtorch makes a tensor of this type by. */
    TensorOptions options(Device device) {
        return device.equals(Device.CPU) ? Objects.requireNonNull(OnCpu.OPTIONS.get(this)) : made(device);
    }

    /** A tensor of this type on the CPU, of whatever values were in its memory. */
    org.bytedeco.pytorch.Tensor empty(long... shape) {
        return torch.torch_empty(shape, options(Device.CPU), OnCpu.ROW_MAJOR);
    }

    private TensorOptions made(Device device) {
        return new TensorOptions(scalarType).device(new DeviceOptional(device.toNative()));
    }

    /** Made once, as that takes as long as making a small tensor. */
    private static final class OnCpu {
        static final MemoryFormatOptional ROW_MAJOR;
        static final Map<DType, TensorOptions> OPTIONS = new EnumMap<>(DType.class);

        static {
            Native.load();
            ROW_MAJOR = new MemoryFormatOptional();
            ROW_MAJOR.retainReference();
            for (DType d : values()) {
                TensorOptions made = d.made(Device.CPU);
                made.retainReference();
                OPTIONS.put(d, made);
            }
        }
    }

    static DType of(ScalarType type) {
        for (DType d : values()) {
            if (d.scalarType.value
                    == type.value) { // values that come from native code are not the constants themselves
                return d;
            }
        }
        throw new IllegalArgumentException("expected a tensor of float32, float64 or int64, found " + type);
    }
}
