package jensen.evaluate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The lines of the derivation of the bound, added up over some data; all in nats, for all the data together.
 *
 * @param rows how many
 * @param lines as in {@link Derivation}
 * @param logEvidence log p(x)
 * @param elbo E_q[log p(x|z)] − KL(q(z|x) ‖ p(z))
 * @param reconstruction E_q[log p(x|z)]
 * @param kl KL(q(z|x) ‖ p(z))
 * @param gap log p(x) − ELBO
 * @param approximationGap the part of the gap that the best q of the family would have too
 * @param amortisationGap the rest: what the best q of the family has above the guide's, where a network has chosen it or steps
 *     of the datum's own have ended
 * @param methods how many data had their log p(x) found by which method
 * @param unreached how many of those did not reach the error that was asked for
 * @param failed how many data have a check that does not hold
 * @param checks what was checked, over the data
 * @param bounds those of K draws
 * @param covered of how many data log p(x) is within 1.96 standard errors of log E_q[p(x,z) / q(z|x)] by all draws
 */
public record DerivationTotal(
        int rows,
        List<Derivation.Line> lines,
        Estimate logEvidence,
        Estimate elbo,
        Estimate reconstruction,
        Estimate kl,
        Estimate gap,
        Estimate approximationGap,
        Estimate amortisationGap,
        Map<String, Integer> methods,
        int unreached,
        int failed,
        List<Checked> checks,
        List<Tightness> bounds,
        int covered) {
    /**
     * A check over the data that it was made on.
     *
     * @param label what should be equal
     * @param rows how many data
     * @param failed where it is not
     * @param largest difference, in nats
     */
    public record Checked(String label, int rows, int failed, double largest) {}

    /**
     * A bound of several draws, and how far below log p(x) it is: means over the data, in nats per datum.
     *
     * @param draws K
     * @param value E_q[log 1/K Σ w_k]; its error is that of the draws
     * @param gap log p(x) less the bound, datum by datum; its error is that of the draws
     * @param spread the standard error of the gap as the mean of all data that these are a sample of
     */
    public record Tightness(int draws, Estimate value, Estimate gap, double spread) {}

    /**
     * Adds up.
     *
     * @throws IllegalArgumentException if there are none
     */
    public static DerivationTotal of(List<Derivation> each) {
        if (each.isEmpty()) {
            throw new IllegalArgumentException("each must hold a derivation, is empty");
        }
        Map<String, Integer> methods = new TreeMap<>();
        each.forEach(d -> methods.merge(d.evidence().method().name(), 1, Integer::sum));
        return new DerivationTotal(
                each.size(),
                IntStream.range(0, each.get(0).lines().size())
                        .mapToObj(i -> line(each, i))
                        .toList(),
                sum(each, DerivationTotal::logEvidence),
                sum(each, Derivation::elbo),
                sum(each, Derivation::reconstruction),
                sum(each, Derivation::kl),
                sum(each, Derivation::gap),
                sum(each, Derivation::approximationGap),
                sum(each, Derivation::amortisationGap),
                methods,
                count(each, d -> !d.evidence().reached()),
                count(each, d -> !d.checks().stream().allMatch(Derivation.Check::holds)),
                checks(each),
                IntStream.range(0, each.get(0).bounds().size())
                        .mapToObj(i -> tightness(each, i))
                        .toList(),
                count(each, DerivationTotal::covered));
    }

    private static List<Checked> checks(List<Derivation> each) {
        Map<String, Checked> found = new LinkedHashMap<>();
        for (Derivation d : each) {
            for (Derivation.Check c : d.checks()) {
                double apart = Math.abs(c.left() - c.right());
                found.merge(
                        c.label(),
                        new Checked(c.label(), 1, c.holds() ? 0 : 1, apart),
                        (a, b) ->
                                new Checked(a.label, a.rows + 1, a.failed + b.failed, Math.max(a.largest, b.largest)));
            }
        }
        return List.copyOf(found.values());
    }

    private static Tightness tightness(List<Derivation> each, int i) {
        double share = 1.0 / each.size();
        List<Estimate> gaps = each.stream()
                .map(d -> logEvidence(d).minus(d.bounds().get(i).value()))
                .toList();
        return new Tightness(
                each.get(0).bounds().get(i).draws(),
                sum(each, d -> d.bounds().get(i).value()).times(share),
                gaps.stream().reduce(new Estimate(0, 0), Estimate::plus).times(share),
                Estimate.mean(gaps.stream().mapToDouble(Estimate::value).toArray())
                        .standardError());
    }

    private static boolean covered(Derivation d) {
        List<Derivation.Bounded> bounds = d.bounds();
        Estimate apart = logEvidence(d).minus(bounds.get(bounds.size() - 1).value());
        return Math.abs(apart.value()) <= Bracket.INTERVAL * apart.standardError();
    }

    private static Estimate logEvidence(Derivation d) {
        return new Estimate(d.evidence().value(), d.evidence().standardError());
    }

    /** With a method where it is that of all, and the number of data whose values are not to be trusted. */
    private static Derivation.Line line(List<Derivation> each, int i) {
        List<Derivation.Line> lines = each.stream().map(d -> d.lines().get(i)).toList();
        Derivation.Line first = lines.get(0);
        int untrusted = count(each, d -> !d.lines().get(i).trusted());
        String reason = first.reason().replace(Derivation.untrusted(""), "");
        boolean one = lines.stream().allMatch(l -> l.method().equals(first.method()));
        return new Derivation.Line(
                first.label(),
                untrusted == 0 ? reason : reason + Derivation.untrusted(" for " + untrusted + " of " + each.size()),
                one ? first.method() : "evaluate.Derivation.of",
                sum(each, d -> d.lines().get(i).estimate()));
    }

    private static Estimate sum(List<Derivation> each, Function<Derivation, Estimate> of) {
        return each.stream().map(of).reduce(new Estimate(0, 0), Estimate::plus);
    }

    private static int count(List<Derivation> each, Function<Derivation, Boolean> of) {
        return (int) each.stream().filter(of::apply).count();
    }
}
