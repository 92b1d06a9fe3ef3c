package jensen.evaluate;

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
 * @param amortisationGap the part that comes from a network choosing q
 * @param methods how many data had their log p(x) found by which method
 * @param unreached how many of those did not reach the error that was asked for
 * @param failed how many data have a check that does not hold
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
        int failed) {
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
                sum(each, d -> new Estimate(d.evidence().value(), d.evidence().standardError())),
                sum(each, Derivation::elbo),
                sum(each, Derivation::reconstruction),
                sum(each, Derivation::kl),
                sum(each, Derivation::gap),
                sum(each, Derivation::approximationGap),
                sum(each, Derivation::amortisationGap),
                methods,
                count(each, d -> !d.evidence().reached()),
                count(each, d -> !d.checks().stream().allMatch(Derivation.Check::holds)));
    }

    private static Derivation.Line line(List<Derivation> each, int i) {
        Derivation.Line first = each.get(0).lines().get(i);
        Estimate sum = sum(each, d -> d.lines().get(i).estimate());
        return new Derivation.Line(first.label(), first.reason(), first.method(), sum);
    }

    private static Estimate sum(List<Derivation> each, Function<Derivation, Estimate> of) {
        return each.stream().map(of).reduce(new Estimate(0, 0), Estimate::plus);
    }

    private static int count(List<Derivation> each, Function<Derivation, Boolean> of) {
        return (int) each.stream().filter(of::apply).count();
    }
}
