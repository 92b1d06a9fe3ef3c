package jensen.infer;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;

/**
 * Values of named quantities at K draws.
 *
 * @param values by name, in the model's order, each {@code [K, …]}; a number is {@code [K, 1]}
 */
public record Draws(Map<String, Tensor> values) {
    /** Copies the map. */
    public Draws {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /**
     * The values of a quantity, {@code [K, …]}.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public Tensor get(String name) {
        Tensor found = values.get(name);
        if (found == null) {
            throw new IllegalArgumentException(
                    "no quantity " + name + "; there are " + String.join(", ", values.keySet()));
        }
        return found;
    }

    /** The mean over the draws of each element of a quantity, in row-major order. */
    public double[] mean(String name) {
        try (Scope scope = new Scope()) {
            return get(name).mean(0).toDoubles();
        }
    }

    /** The standard deviation over the draws of each element of a quantity, with divisor K. */
    public double[] standardDeviation(String name) {
        try (Scope scope = new Scope()) {
            Tensor x = get(name);
            return x.sub(x.mean(0)).square().mean(0).sqrt().toDoubles();
        }
    }

    /**
     * The p-quantile over the draws of each element of a quantity, linear between order statistics.
     *
     * @throws IllegalArgumentException if p is outside [0, 1]
     */
    public double[] quantile(String name, double p) {
        if (!(p >= 0 && p <= 1)) {
            throw new IllegalArgumentException("p must be in [0, 1], was " + p);
        }
        try (Scope scope = new Scope()) {
            Tensor x = get(name);
            int k = Math.toIntExact(x.size(0));
            double[] byElement = x.reshape(k, -1).transpose(0, 1).toDoubles();
            double[] found = new double[byElement.length / k];
            for (int i = 0; i < found.length; i++) {
                double[] sorted = Arrays.copyOfRange(byElement, i * k, (i + 1) * k);
                Arrays.sort(sorted);
                double at = p * (k - 1);
                int below = (int) at;
                found[i] = sorted[below] + (at - below) * (sorted[Math.min(below + 1, k - 1)] - sorted[below]);
            }
            return found;
        }
    }
}
