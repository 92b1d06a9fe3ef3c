package jensen.tensor;

import java.util.Arrays;
import java.util.function.Function;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.ContinuousSampler;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;
import org.jspecify.annotations.Nullable;

/**
 * A source of randomness as a value: a key from which any number of independent streams can be derived.
 *
 * <p>Nothing is consumed by drawing: the same generator gives the same numbers each time, so a use that needs fresh
 * noise asks for {@link #split a split}. Noise for a batch comes row by row, each row from a stream of its own keyed by
 * the row's number ({@link #rows}), so a batch cut into shards draws the same numbers as the whole batch, whatever the
 * number of threads. The state that a checkpoint must hold is therefore one number.
 *
 * <p>Streams are SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) started at a hashed key; normals come from the modified
 * ziggurat of McFarland (2016) as implemented in Apache Commons RNG.
 */
public final class Generator {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final long key;
    private final int @Nullable [] numbers;

    private Generator(long key, int @Nullable [] numbers) {
        this.key = key;
        this.numbers = numbers;
    }

    /** The generator of a seed. */
    public static Generator of(long seed) {
        return new Generator(mix(seed + GOLDEN), null);
    }

    /** An independent generator for the use that {@code index} numbers (an epoch, a step, a chunk). */
    public Generator split(long index) {
        return new Generator(mix(key ^ mix(index * GOLDEN + 1)), null);
    }

    /** An independent generator for the use that {@code name} names. */
    public Generator split(String name) {
        long hash = 0xCBF29CE484222325L; // FNV-1a, 64 bits
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * 0x100000001B3L;
        }
        return split(hash);
    }

    /**
     * The same generator for rows that are numbered: its row i is this one's row {@code numbers[i]}, so that the noise of a
     * datum does not depend on which data are beside it.
     *
     * @throws IllegalArgumentException by a draw for more rows than are numbered
     */
    public Generator rows(int[] numbers) {
        return new Generator(
                key, Arrays.stream(numbers).map(i -> Math.toIntExact(number(i))).toArray());
    }

    /** The stream of one row, from its start. */
    public UniformRandomProvider row(int row) {
        return new SplitMix64(mix(key + mix(number(row) * GOLDEN + 2)));
    }

    private long number(int row) {
        if (numbers == null) {
            return row;
        }
        if (row < 0 || row >= numbers.length) {
            throw new IllegalArgumentException(
                    "expected a draw for at most " + numbers.length + " numbered rows, found row " + row);
        }
        return numbers[row];
    }

    /**
     * Standard normal noise of the given shape {@code […, rows, event]}: the second-last axis numbers the rows, each of
     * which fills its own entries in order from {@link #row its own stream}.
     *
     * @throws IllegalArgumentException if {@code dtype} is not a floating-point type
     */
    public Tensor normal(DType dtype, Device device, long... shape) {
        return fill(dtype, device, shape, ZigguratSampler.NormalizedGaussian::of);
    }

    /** Uniform noise on [0, 1) of the given shape, row by row as in {@link #normal}. */
    public Tensor uniform(DType dtype, Device device, long... shape) {
        // 24 bits for every type, so that float32 cannot round up to 1
        return fill(dtype, device, shape, stream -> () -> (stream.nextLong() >>> 40) * 0x1p-24);
    }

    private Tensor fill(
            DType dtype, Device device, long[] shape, Function<UniformRandomProvider, ContinuousSampler> sampling) {
        if (dtype == DType.INT64) {
            throw new IllegalArgumentException("dtype of noise must be FLOAT32 or FLOAT64; was " + dtype);
        }
        int event = shape.length == 0 ? 1 : Math.toIntExact(shape[shape.length - 1]);
        int rows = shape.length < 2 ? 1 : Math.toIntExact(shape[shape.length - 2]);
        int count = Math.toIntExact(Shapes.count(shape));
        int samples = rows * event == 0 ? 0 : count / (rows * event);
        if (dtype == DType.FLOAT32) {
            float[] out = new float[count];
            for (int r = 0; r < rows; r++) {
                var sampler = sampling.apply(row(r));
                for (int k = 0; k < samples; k++) {
                    int at = (k * rows + r) * event;
                    for (int i = 0; i < event; i++) {
                        out[at + i] = (float) sampler.sample();
                    }
                }
            }
            return Tensor.of(out, device, shape);
        }
        double[] out = new double[count];
        for (int r = 0; r < rows; r++) {
            var sampler = sampling.apply(row(r));
            for (int k = 0; k < samples; k++) {
                int at = (k * rows + r) * event;
                for (int i = 0; i < event; i++) {
                    out[at + i] = sampler.sample();
                }
            }
        }
        return Tensor.of(out, device, shape);
    }

    /** A random permutation of 0 … n − 1 (Fisher and Yates), from row 0's stream. */
    public int[] permutation(int n) {
        UniformRandomProvider stream = row(0);
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            int j = stream.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    private static final class SplitMix64 implements UniformRandomProvider {
        private long state;

        SplitMix64(long state) {
            this.state = state;
        }

        @Override
        public long nextLong() {
            state += GOLDEN;
            return mix(state);
        }
    }
}
