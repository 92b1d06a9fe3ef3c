package jensen.tensor;

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
