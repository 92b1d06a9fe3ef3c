package jensen.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import jensen.evaluate.Estimate;
import jensen.evaluate.Evidence;

/**
 * How well two methods agree on log p(x) of some data.
 *
 * @param method the other one
 * @param rows how many data
 * @param agreeing on how many of them the two are within 1.96 of their errors, both counted
 * @param far on how many they are more than 4 of their errors apart
 * @param difference the first less the other, the mean over the data, in nats; its error is that of the two methods
 * @param distance the mean of how far they are apart, in nats
 */
record Agreement(String method, int rows, int agreeing, int far, Estimate difference, double distance) {
    private static final double INTERVAL = 1.96;
    private static final double FAR = 4;

    static Agreement of(String method, List<Evidence> found, List<Evidence> other) {
        int n = found.size();
        double[] apart = IntStream.range(0, n)
                .mapToDouble(i -> found.get(i).value() - other.get(i).value())
                .toArray();
        double[] errors = IntStream.range(0, n)
                .mapToDouble(i ->
                        Math.hypot(found.get(i).standardError(), other.get(i).standardError()))
                .toArray();
        return new Agreement(
                method,
                n,
                count(apart, errors, INTERVAL),
                n - count(apart, errors, FAR),
                new Estimate(
                        DoubleStream.of(apart).sum() / n,
                        Math.sqrt(DoubleStream.of(errors).map(e -> e * e).sum()) / n),
                DoubleStream.of(apart).map(Math::abs).sum() / n);
    }

    private static int count(double[] apart, double[] errors, double times) {
        return (int) IntStream.range(0, apart.length)
                .filter(i -> Math.abs(apart[i]) <= times * errors[i])
                .count();
    }

    Map<String, Object> numbers() {
        Map<String, Object> numbers = new LinkedHashMap<>();
        numbers.put("againstMethod", method);
        numbers.put("agreeingRows", agreeing);
        numbers.put("farRows", far);
        Results.put(numbers, "againstDifference", difference.value());
        Results.put(numbers, "againstDifferenceStandardError", difference.standardError());
        Results.put(numbers, "againstDistance", distance);
        return numbers;
    }

    String line() {
        return String.format(
                Locale.ROOT,
                "against %-9s %9d of %,d within %.2f of their errors, %d beyond %.0f; %.4f apart, %+.4f ± %.4f in the mean",
                method,
                agreeing,
                rows,
                INTERVAL,
                far,
                FAR,
                distance,
                difference.value(),
                difference.standardError());
    }
}
