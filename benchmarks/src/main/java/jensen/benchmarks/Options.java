package jensen.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/** Options of the form {@code --name value}, or {@code --name} alone before another or at the end. */
final class Options {
    private final Map<String, String> values;

    /**
     * Reads them.
     *
     * @param known every option with its default
     * @throws IllegalArgumentException for an option that is not known
     */
    Options(Map<String, String> known, String... args) {
        values = new LinkedHashMap<>(known);
        for (int i = 0; i < args.length; i++) {
            String name = args[i].replaceFirst("^--", "");
            if (!values.containsKey(name) || name.equals(args[i])) {
                throw new IllegalArgumentException(
                        "expected one of --" + String.join(", --", values.keySet()) + ", found " + args[i]);
            }
            values.put(name, i + 1 == args.length || args[i + 1].startsWith("--") ? "yes" : args[++i]);
        }
    }

    String text(String name) {
        return String.valueOf(values.get(name));
    }

    int number(String name) {
        try {
            return Integer.parseInt(text(name));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--" + name + ": expected a whole number, found " + text(name), e);
        }
    }

    /** Nothing where the option is 0. */
    OptionalInt positive(String name) {
        int value = number(name);
        return value > 0 ? OptionalInt.of(value) : OptionalInt.empty();
    }
}
