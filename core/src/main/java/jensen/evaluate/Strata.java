package jensen.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import jensen.dist.DiagonalNormal;
import jensen.dist.Distribution;
import jensen.dist.Draw;
import jensen.dist.MultivariateNormal;
import jensen.dist.Reparameterised;
import jensen.tensor.Generator;
import jensen.tensor.Tensor;

/**
 * What importance sampling draws from for a block of data: the mixture Σ_j α_j q_j(z), of whose every part always the same share
 * α_j of the draws comes. A weight p(x, z)/Σ_j α_j q_j(z) is at most 1/α_j times that of part j alone, so that parts which
 * cover what another one misses bound its weights.
 *
 * @param parts q_j, and how often each is drawn from in a unit of draws
 * @see <a href="https://doi.org/10.1080/00401706.1995.10484303">Hesterberg 1995, Weighted average importance sampling and
 *     defensive mixture distributions</a>
 * @see <a href="https://doi.org/10.1080/01621459.2000.10473909">Owen and Zhou 2000, Safe and effective importance
 *     sampling</a>
 */
record Strata(List<Part> parts) {
    /** The draws of a unit of each mixture: numbers of draws are multiples of it, so that the shares are exact. */
    static final int UNIT = 8;

    /** How much wider than a normal q the part is that looks around it. */
    private static final double AROUND = 2;

    /** How much wider than its fit the part is that bounds the fit's weights. */
    private static final double WIDER = 1.5;

    /**
     * One part.
     *
     * @param share draws in a unit
     * @param q events {@code [D]} under the block's {@code [B]}, or one and the same {@code [D]} for all of it
     */
    record Part(int share, Distribution q) {
        /** Independent draws for each datum, {@code [k, B, D]}. */
        Tensor sample(int k, Generator noise, int[] rows) {
            if (q.mean().rank() > 1) {
                return q.sample(k, noise.rows(rows));
            }
            List<Tensor> each = Arrays.stream(rows)
                    .mapToObj(row -> q.sample(k, noise.split(row)))
                    .toList();
            return Tensor.stack(each, 1);
        }
    }

    /** q(z|x) alone. */
    static Strata of(Distribution q) {
        return new Strata(List.of(new Part(1, q)));
    }

    /** Half from q(z|x), a quarter from a normal distribution twice as wide, a quarter from p(z). */
    static Strata around(Reparameterised q, Distribution prior) {
        Distribution wide = MultivariateNormal.of(q)
                .<Distribution>map(normal -> wider(normal, AROUND))
                .orElseGet(() -> new DiagonalNormal(
                        q.mean(), q.standardDeviation().mul(AROUND).square().log()));
        return new Strata(List.of(new Part(4, q), new Part(2, wide), new Part(2, prior)));
    }

    /** Half from a normal distribution that fits p(z|x), a quarter from it widened, and an eighth from each of q(z|x) and p(z). */
    static Strata fitted(Distribution q, MultivariateNormal fit, Distribution prior) {
        return new Strata(
                List.of(new Part(1, q), new Part(4, fit), new Part(2, wider(fit, WIDER)), new Part(1, prior)));
    }

    private static MultivariateNormal wider(MultivariateNormal normal, double factor) {
        return new MultivariateNormal(normal.mean(), normal.choleskyFactor().mul(factor));
    }

    /** The draws of a unit. */
    int unit() {
        return parts.stream().mapToInt(Part::share).sum();
    }

    /**
     * Some units of draws {@code [units · unit, B, D]}, those of a part together, with the logarithm of the mixture's density.
     *
     * @param rows the numbers of the block's data, to which their noise belongs
     */
    Draw draw(int units, Generator noise, int[] rows) {
        if (parts.size() == 1) {
            return parts.get(0).q().draw(units, noise.rows(rows));
        }
        Tensor z = Tensor.concat(
                IntStream.range(0, parts.size())
                        .mapToObj(j -> parts.get(j).sample(units * parts.get(j).share(), noise.split(j), rows))
                        .toList(),
                0);
        List<Tensor> densities = new ArrayList<>();
        for (Part part : parts) {
            densities.add(part.q().logProb(z).add(Math.log((double) part.share() / unit())));
        }
        return Draw.of(z, Tensor.stack(densities, 0).logSumExp(0));
    }

    /** Makes room for so many units of draws in the entries of each datum's parts, {@code [B][part][]}. */
    void lengthen(double[][][] entries, int units) {
        for (int b = 0; b < entries.length; b++) {
            double[][] longer = new double[parts.size()][];
            for (int j = 0; j < longer.length; j++) {
                int length = units * parts.get(j).share();
                longer[j] = entries[b] == null ? new double[length] : Arrays.copyOf(entries[b][j], length);
            }
            entries[b] = longer;
        }
    }

    /**
     * Values {@code [units · unit, B]} at {@link #draw draws}, to entries from unit {@code from} on of each datum's parts,
     * {@code [B][part][]}.
     */
    void spread(Tensor values, double[][][] to, int from) {
        double[] flat = values.toDoubles();
        int data = to.length;
        int units = flat.length / data / unit();
        int k = 0;
        for (int j = 0; j < parts.size(); j++) {
            int share = parts.get(j).share();
            for (int i = 0; i < units * share; i++, k++) {
                for (int b = 0; b < data; b++) {
                    to[b][j][from * share + i] = flat[k * data + b];
                }
            }
        }
    }
}
