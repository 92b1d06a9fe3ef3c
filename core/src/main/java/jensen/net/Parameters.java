package jensen.net;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.tensor.Gradient;
import jensen.tensor.Scope;
import jensen.tensor.Shapes;
import jensen.tensor.Tensor;

/**
 * The parameters of an architecture: named tensors that are views of one flat buffer, so that an optimiser updates them
 * in one stroke. They live until the object is garbage.
 */
public final class Parameters {
    private final List<Slot> slots;
    private final Tensor flat;
    private final Map<String, Tensor> leaves;
    private final Map<String, Loan> loans;
    private final String path;

    /**
     * A parameter of another object that can be read here.
     *
     * @param name in the object that it belongs to
     * @param leaf the same memory, to differentiate by on its own
     */
    private record Loan(String name, Tensor leaf) {}

    private Parameters(
            List<Slot> slots, Tensor flat, Map<String, Tensor> leaves, Map<String, Loan> loans, String path) {
        this.slots = slots;
        this.flat = flat;
        this.leaves = leaves;
        this.loans = loans;
        this.path = path;
    }

    /** Fresh parameters for an architecture's slots. */
    public static Parameters start(
            List<Slot> slots, Initialiser initialiser, Generator rng, DType dtype, Device device) {
        Parameters fresh = allocate(slots, dtype, device);
        try (Scope scope = new Scope()) {
            for (Slot slot : slots) {
                fresh.set(slot.name(), initialiser.start(slot, rng.split(slot.name())));
            }
        }
        return fresh;
    }

    private static Parameters allocate(List<Slot> slots, DType dtype, Device device) {
        long total = slots.stream().mapToLong(s -> Shapes.count(s.axes())).sum();
        try (Scope scope = new Scope()) {
            Tensor flat = Tensor.zeros(dtype, device, total).retain();
            Map<String, Tensor> leaves = new LinkedHashMap<>();
            long from = 0;
            for (Slot slot : slots) {
                long count = Shapes.count(slot.axes());
                Tensor leaf = view(flat.narrow(0, from, count), slot).requiresGradient();
                if (leaves.put(slot.name(), leaf.retain()) != null) {
                    throw new IllegalArgumentException("two parameters are named " + slot.name());
                }
                from += count;
            }
            return new Parameters(List.copyOf(slots), flat, leaves, Map.of(), "");
        }
    }

    private static Tensor view(Tensor part, Slot slot) {
        long[] axes = slot.axes();
        return slot.byColumns() ? part.reshape(axes[1], axes[0]).transpose(0, 1) : part.reshape(axes);
    }

    /** The parameter of a name under this object's path. */
    public Tensor get(String name) {
        Tensor t = leaves.get(path + name);
        Loan loan = loans.get(path + name);
        if (t == null && loan != null) {
            return loan.leaf();
        }
        if (t == null) {
            throw new IllegalArgumentException(
                    "no parameter " + path + name + "; there are " + String.join(", ", leaves.keySet()));
        }
        return t;
    }

    /** The same parameters seen from further down: {@code at("a").get("b")} is {@code get("a.b")}. */
    public Parameters at(String segment) {
        return new Parameters(slots, flat, leaves, loans, path + segment + ".");
    }

    /** The same values as constants, those under this path: nothing is differentiated by them. */
    public Parameters detached() {
        Map<String, Tensor> constants = new LinkedHashMap<>();
        leaves.forEach((name, leaf) -> {
            if (name.startsWith(path)) {
                constants.put(name, leaf.detach());
            }
        });
        return new Parameters(slots, flat, constants, loans, path);
    }

    /**
     * These parameters, under whose path {@code as} those of another object below {@code segment} can be read too. They stay
     * the other's: they are in {@link #borrowed}, in nothing else that says what is here. Where the other has none there, what
     * was borrowed before stays.
     *
     * @param lender whose parameters are read as they are at the time
     */
    public Parameters borrowing(String as, Parameters lender, String segment) {
        String from = lender.path + segment + ".";
        Map<String, Loan> more = new LinkedHashMap<>();
        try (Scope scope = new Scope()) {
            lender.leaves.forEach((name, leaf) -> {
                if (name.startsWith(from)) {
                    Tensor alias = leaf.requiresGradient().retain();
                    more.put(path + as + "." + name.substring(from.length()), new Loan(name, alias));
                }
            });
        }
        return more.isEmpty() ? this : new Parameters(slots, flat, leaves, more, path);
    }

    /**
     * What {@link #borrowing} made readable, by the names of the object that it belongs to. These are leaves of their own:
     * their gradient is of the use that is made of them through this object, and is to be added to that through the other.
     */
    public Map<String, Tensor> borrowed() {
        Map<String, Tensor> borrowed = new LinkedHashMap<>();
        loans.values().forEach(loan -> borrowed.put(loan.name(), loan.leaf()));
        return borrowed;
    }

    /**
     * Overwrites one parameter.
     *
     * @throws IllegalArgumentException if the shape is another
     */
    public void set(String name, Tensor value) {
        Tensor leaf = get(name);
        requireShape(path + name, leaf, value);
        try (Scope scope = new Scope()) {
            leaf.detach().copyInPlace(value);
        }
    }

    private static void requireShape(String name, Tensor leaf, Tensor value) {
        if (!java.util.Arrays.equals(leaf.shape(), value.shape())) {
            throw new IllegalArgumentException("parameter " + name + " has shape "
                    + java.util.Arrays.toString(leaf.shape()) + ", found " + java.util.Arrays.toString(value.shape()));
        }
    }

    /**
     * Overwrites every parameter, or none if one does not fit.
     *
     * @param group what the names begin with, as in {@code theta.likelihood.net.0.weight}
     * @param from values by name; others may be there too
     * @throws IllegalArgumentException if one is missing or has another shape
     */
    public void load(String group, Map<String, Tensor> from) {
        Map<Tensor, Tensor> values = new LinkedHashMap<>();
        leaves.forEach((name, leaf) -> {
            Tensor value = from.get(group + "." + name);
            if (value == null) {
                throw new IllegalArgumentException("expected a tensor " + group + "." + name + ", found none");
            }
            requireShape(name, leaf, value);
            values.put(leaf, value);
        });
        try (Scope scope = new Scope()) {
            values.forEach((leaf, value) -> leaf.detach().copyInPlace(value));
        }
    }

    /** All parameters by name, in the architecture's order. */
    public Map<String, Tensor> all() {
        return java.util.Collections.unmodifiableMap(leaves);
    }

    /** The leaves to differentiate by, in the architecture's order. */
    public List<Tensor> leaves() {
        return new ArrayList<>(leaves.values());
    }

    /** All values one after the other: shares memory with the parameters. */
    public Tensor flat() {
        return flat;
    }

    /** Tensors that belong to the leaves, in their order, as {@link #flat} has them: one after the other. */
    public Tensor flat(List<Tensor> ofLeaves) {
        List<Tensor> leaves = leaves();
        return Tensor.concat(
                IntStream.range(0, leaves.size())
                        .mapToObj(i -> Gradient.flat(ofLeaves.get(i), leaves.get(i)))
                        .toList(),
                0);
    }

    /** The number of scalar parameters. */
    public long count() {
        return flat.count();
    }

    /** The same numbers in another type, those that are borrowed as they are at the time; this where it has that type. */
    public Parameters to(DType dtype) {
        if (flat.dtype() == dtype) {
            return this;
        }
        Parameters copy = allocate(slots, dtype, flat.device());
        Map<String, Loan> own = new LinkedHashMap<>();
        try (Scope scope = new Scope()) {
            copy.flat.copyInPlace(flat);
            loans.forEach((name, loan) -> own.put(
                    name,
                    new Loan(
                            loan.name(),
                            loan.leaf().detach().to(dtype).requiresGradient().retain())));
        }
        return new Parameters(slots, copy.flat, copy.leaves, own, path);
    }

    /** A copy with memory of its own. */
    public Parameters copy() {
        Parameters copy = allocate(slots, flat.dtype(), flat.device());
        copy.flat.copyInPlace(flat);
        return copy;
    }
}
