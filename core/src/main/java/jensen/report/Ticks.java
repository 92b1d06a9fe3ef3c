package jensen.report;

import java.util.ArrayList;
import java.util.List;

/** Round numbers along an axis, a step of 1, 2 or 5 times a power of ten apart. */
record Ticks(List<Double> at, double step) {

    /** Returns about the wanted number of ticks inside the range; whole asks for whole numbers only. */
    static Ticks in(Span span, int wanted, boolean whole) {
        double rough = span.size() / Math.max(1, wanted);
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = power * nice(rough / power);
        if (whole) {
            step = Math.max(1, step);
        }
        List<Double> at = new ArrayList<>();
        double last = Math.floor(span.high() / step + 1e-9);
        for (double i = Math.ceil(span.low() / step - 1e-9); i <= last; i++) {
            at.add(i * step);
        }
        return new Ticks(List.copyOf(at), step);
    }

    private static double nice(double mantissa) {
        if (mantissa < 1.5) {
            return 1;
        }
        if (mantissa < 3.5) {
            return 2;
        }
        return mantissa < 7.5 ? 5 : 10;
    }

    List<String> labels() {
        boolean longNumbers = step < 1e-6 || at.stream().anyMatch(v -> Math.abs(v) >= 1e7);
        int decimals = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
        return at.stream()
                .map(v -> longNumbers ? Numbers.scientific(v) : Numbers.fixed(v, decimals))
                .toList();
    }
}
