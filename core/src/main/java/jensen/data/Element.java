package jensen.data;

import java.nio.ByteBuffer;

/** What one entry of an array file is. */
enum Element {
    BOOL(1),
    UINT8(1),
    INT8(1),
    UINT16(2),
    INT16(2),
    UINT32(4),
    INT32(4),
    UINT64(8),
    INT64(8),
    FLOAT32(4),
    FLOAT64(8);

    /** Bytes an entry takes. */
    final int bytes;

    Element(int bytes) {
        this.bytes = bytes;
    }

    boolean isWhole() {
        return this != FLOAT32 && this != FLOAT64;
    }

    /** Converts {@code n} neighbouring entries from byte {@code at} on. */
    void copy(ByteBuffer from, int at, int n, float[] to, int offset) {
        if (n == 1) { // as of images whose pixels lie apart, one call each
            to[offset] = one(from, at);
            return;
        }
        switch (this) {
            case BOOL, UINT8 -> {
                byte[] run = new byte[n]; // an array's elements take half the time of a buffer's
                from.get(at, run);
                for (int i = 0; i < n; i++) {
                    to[offset + i] = run[i] & 0xFF;
                }
            }
            case FLOAT32 -> {
                for (int i = 0; i < n; i++) {
                    to[offset + i] = from.getFloat(at + 4 * i);
                }
            }
            default -> {
                for (int i = 0; i < n; i++) {
                    to[offset + i] = one(from, at + bytes * i);
                }
            }
        }
    }

    private float one(ByteBuffer from, int at) {
        return switch (this) {
            case BOOL, UINT8 -> from.get(at) & 0xFF;
            case INT8 -> from.get(at);
            case UINT16 -> from.getShort(at) & 0xFFFF;
            case INT16 -> from.getShort(at);
            case UINT32 -> (float) (from.getInt(at) & 0xFFFFFFFFL);
            case INT32 -> (float) from.getInt(at);
            case UINT64 -> {
                long bits = from.getLong(at);
                // halved with the lost bit kept, so that the rounding is that of the whole number
                yield bits >= 0 ? (float) bits : (float) ((bits >>> 1) | (bits & 1)) * 2;
            }
            case INT64 -> (float) from.getLong(at);
            case FLOAT32 -> from.getFloat(at);
            case FLOAT64 -> (float) from.getDouble(at);
        };
    }
}
