package jensen.statcheck;

/**
 * The stream of numbers that the parity tests and their Python reference both draw, so that no arrays are shipped.
 *
 * <p>SplitMix64 of Steele, Lea and Flood, Fast splittable pseudorandom number generators, OOPSLA 2014; its constants
 * are those of the authors' {@code mix64} variant 13. One instance is one stream and is not safe to share.
 */
public final class SplitMix {
    private long state;

    public SplitMix(long seed) {
        state = seed;
    }

    /** The next 64 bits. */
    public long bits() {
        state += 0x9E3779B97F4A7C15L;
        long z = state;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** A uniform in [0, 1): the top 53 of the next 64 bits. */
    public double uniform() {
        return (bits() >>> 11) * 0x1.0p-53;
    }

    /** A standard normal from two uniforms, sqrt(−2 ln(1 − u₁)) cos(2π u₂) (Box and Muller 1958). */
    public double normal() {
        double u1 = uniform();
        double u2 = uniform();
        return Math.sqrt(-2.0 * Math.log(1.0 - u1)) * Math.cos(2.0 * Math.PI * u2);
    }

    /** The next {@code n} normals, in order. */
    public double[] normals(int n) {
        double[] z = new double[n];
        for (int i = 0; i < n; i++) {
            z[i] = normal();
        }
        return z;
    }
}
