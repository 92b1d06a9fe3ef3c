package jensen.dist;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Optional;
import jensen.statcheck.GoldenFile;
import jensen.tensor.DType;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Densities, means and divergences against numbers of 25 digits. Float64 is held to 1e-12, relative above one nat and
 * absolute below. Float32 is held to 1e-5 of what float64 gives at the arguments that float32 rounds to, since rounding
 * them may change the true value by more.
 */
class GoldenTest {
    private static final double FLOAT64 = 1e-12;
    private static final double FLOAT32 = 1e-5;

    private Scope scope = new Scope();

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /** A computation from a row's cells in an element type. */
    private interface Computed {
        Tensor from(Cells cells);
    }

    /** A row's cells as tensors. */
    private record Cells(GoldenFile.Row row, DType dtype, boolean rounded) {
        Tensor get(String column) {
            double[] values = row.vector(column);
            if (rounded) {
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) values[i];
                }
            }
            return Tensor.of(values, values.length).to(dtype);
        }
    }

    private void check(String file, Computed computed) {
        for (GoldenFile.Row row : GoldenFile.of(GoldenTest.class, file).rows()) {
            check(row, computed);
        }
    }

    private static void check(GoldenFile.Row row, Computed computed) {
        try (Scope inner = new Scope()) {
            double found = computed.from(new Cells(row, DType.FLOAT64, false)).item();
            assertClose(row.toString(), found, row.number("expected"), FLOAT64);
            double rounded = computed.from(new Cells(row, DType.FLOAT64, true)).item();
            double single = computed.from(new Cells(row, DType.FLOAT32, true)).item();
            assertClose("float32 " + row, single, rounded, FLOAT32);
        }
    }

    private static Tensor closedForm(Distribution q, Distribution p) {
        Optional<Tensor> kl = Kl.closedForm(q, p);
        return kl.orElseThrow();
    }

    @Test
    void normal() {
        check("normal.csv", c -> new DiagonalNormal(c.get("mean"), c.get("log_variance")).logProb(c.get("x")));
    }

    @Test
    void bernoulli() {
        check("bernoulli.csv", c -> new Bernoulli(c.get("logit")).logProb(c.get("x")));
    }

    @Test
    void continuousBernoulli() {
        check("continuous-bernoulli.csv", c -> new ContinuousBernoulli(c.get("logit")).logProb(c.get("x")));
        check("continuous-bernoulli-mean.csv", c -> new ContinuousBernoulli(c.get("logit")).mean());
    }

    @Test
    void discretizedLogistic() {
        check(
                "discretized-logistic.csv",
                c -> new DiscretizedLogistic(c.get("location"), c.get("log_scale")).logProb(c.get("x")));
    }

    @Test
    void categorical() {
        check("categorical.csv", c -> new Categorical(c.get("logits").unsqueeze(0)).logProb(c.get("index")));
    }

    @Test
    void divergenceOfNormals() {
        check(
                "kl-normal.csv",
                c -> closedForm(
                        new DiagonalNormal(c.get("mean"), c.get("log_variance")),
                        new DiagonalNormal(c.get("other_mean"), c.get("other_log_variance"))));
        check("kl-normal-standard.csv", c -> {
            DiagonalNormal q = new DiagonalNormal(c.get("mean"), c.get("log_variance"));
            return closedForm(q, DiagonalNormal.standardLike(q.mean()));
        });
    }

    /** Small divergences between large logits too: from 1e-6 nats on, to 1e-9 relative. */
    @Test
    void divergenceOfBernoullis() {
        Computed kl = c -> closedForm(new Bernoulli(c.get("logit")), new Bernoulli(c.get("other_logit")));
        check("kl-bernoulli.csv", kl);
        GoldenFile.of(GoldenTest.class, "kl-bernoulli.csv").rows().stream()
                .filter(row -> row.number("expected") > 1e-6)
                .forEach(row -> assertThat(
                                kl.from(new Cells(row, DType.FLOAT64, false)).item() / row.number("expected"))
                        .as(row.toString())
                        .isCloseTo(1, within(1e-9)));
    }

    @Test
    void divergenceOfCategoricals() {
        check(
                "kl-categorical.csv",
                c -> closedForm(
                        new Categorical(c.get("logits").unsqueeze(0)),
                        new Categorical(c.get("other_logits").unsqueeze(0))));
    }

    @Test
    void specialFunctions() {
        GoldenFile special = GoldenFile.of(GoldenTest.class, "special.csv");
        special.where("function", "softplus")
                .rows()
                .forEach(r -> check(r, c -> c.get("x").softplus()));
        special.where("function", "logsumexp")
                .rows()
                .forEach(r -> check(r, c -> c.get("x").logSumExp(-1)));
    }
}
