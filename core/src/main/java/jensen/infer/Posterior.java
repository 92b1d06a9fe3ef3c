package jensen.infer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import jensen.tensor.Tensor;

/**
 * A posterior distribution p(θ | data), known up to its constant as log p(data, θ).
 *
 * @param parameters θ
 * @param logJoint log p(data, θ), {@code [K]} in nats, from values of the parameters at K draws; differentiable
 * @param derived further quantities of interest, each {@code [K, …]}, from the parameters and those before it
 */
public record Posterior(
        List<Parameter> parameters, Function<Draws, Tensor> logJoint, Map<String, Function<Draws, Tensor>> derived) {
    /** @throws IllegalArgumentException if there are no parameters, or two quantities have one name */
    public Posterior {
        if (parameters.isEmpty()) {
            throw new IllegalArgumentException("parameters must be at least one, were none");
        }
        Set<String> names = new HashSet<>(derived.keySet());
        for (Parameter p : parameters) {
            if (!names.add(p.name())) {
                throw new IllegalArgumentException("two quantities are named " + p.name());
            }
        }
        parameters = List.copyOf(parameters);
        derived = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(derived));
    }

    /** Of parameters and log p(data, θ) with all its constants, where the evidence is to be right. */
    public static Posterior of(List<Parameter> parameters, Function<Draws, Tensor> logJoint) {
        return new Posterior(parameters, logJoint, Map.of());
    }

    /** The same, where draws and summaries also hold a quantity that follows from the parameters. */
    public Posterior deriving(String name, Function<Draws, Tensor> quantity) {
        Map<String, Function<Draws, Tensor>> all = new LinkedHashMap<>(derived);
        if (all.put(name, quantity) != null) {
            throw new IllegalArgumentException("two quantities are named " + name);
        }
        return new Posterior(parameters, logJoint, all);
    }

    /** D, the number of coordinates without bounds that determine θ. */
    public int dimensions() {
        return parameters.stream().mapToInt(Parameter::free).sum();
    }

    /** The parameters at coordinates {@code [K, D]}. */
    Draws parametersAt(Tensor u) {
        Map<String, Tensor> values = new LinkedHashMap<>();
        long from = 0;
        for (Parameter p : parameters) {
            values.put(p.name(), p.constrain(u.narrow(1, from, p.free())));
            from += p.free();
        }
        return new Draws(values);
    }

    /** The parameters and what is derived from them at coordinates {@code [K, D]}. */
    Draws at(Tensor u) {
        Draws draws = parametersAt(u);
        for (Map.Entry<String, Function<Draws, Tensor>> quantity : derived.entrySet()) {
            Map<String, Tensor> values = new LinkedHashMap<>(draws.values());
            values.put(quantity.getKey(), quantity.getValue().apply(draws));
            draws = new Draws(values);
        }
        return draws;
    }

    /**
     * The log-density of data and coordinates, log p(data, θ(u)) + log |det ∂θ/∂u|, {@code [K]}.
     *
     * @param u {@code [K, D]}
     * @throws IllegalArgumentException if {@code logJoint} does not return one number for each draw
     */
    Tensor logDensity(Tensor u) {
        Tensor log = logJoint.apply(parametersAt(u));
        if (!Arrays.equals(log.shape(), new long[] {u.size(0)})) {
            throw new IllegalArgumentException("logJoint must return one number for each draw, [" + u.size(0)
                    + "], returned " + Arrays.toString(log.shape()));
        }
        long from = 0;
        for (Parameter p : parameters) {
            log = log.add(p.logDeterminant(u.narrow(1, from, p.free())));
            from += p.free();
        }
        return log;
    }

    /**
     * The coordinates {@code [D]} of values to start from; 0 for parameters that have none.
     *
     * @throws IllegalArgumentException if there is no such parameter, or a value is not in its support
     */
    double[] coordinates(Map<String, double[]> start) {
        List<String> names = parameters.stream().map(Parameter::name).toList();
        for (String name : start.keySet()) {
            if (!names.contains(name)) {
                throw new IllegalArgumentException(
                        "start names a parameter " + name + "; there are " + String.join(", ", names));
            }
        }
        List<double[]> parts = new ArrayList<>();
        for (Parameter p : parameters) {
            double[] value = start.get(p.name());
            parts.add(value == null ? new double[p.free()] : p.unconstrain(value));
        }
        return parts.stream().flatMapToDouble(Arrays::stream).toArray();
    }
}
