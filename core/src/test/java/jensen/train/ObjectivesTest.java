package jensen.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.stream.Stream;
import jensen.bound.Bound;
import jensen.bound.Elbo;
import jensen.data.Dataset;
import jensen.gradient.Objective;
import jensen.gradient.Pathwise;
import jensen.model.Family;
import jensen.optim.Adam;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every pair of a bound and an estimator that serves it trains, and what is reported is the ELBO whatever is climbed. */
class ObjectivesTest {
    private static final int K = 4;
    private static final Dataset DIGITS = Examples.digits();

    static Stream<Objective> objectives() {
        return Bound.all().stream()
                .flatMap(bound -> Objective.serving(bound, K).stream()
                        .filter(g -> g.refuses(new Family.Normal(), 1).isEmpty())
                        .map(g -> new Objective(bound, g, K)));
    }

    private static Training training(Objective objective) {
        return Examples.training(new Family.Bernoulli(), objective, Adam.standard(), 3e-3, 0);
    }

    /** The first step's draws are the same for all objectives; six epochs of seven steps then raise the ELBO by nats. */
    @ParameterizedTest
    @MethodSource("objectives")
    void theReportedBoundIsTheElboAndRises(Objective objective) {
        double first = elbo(new Objective(Elbo.analytic(), new Pathwise(), K), 1);
        try (Run run = Examples.run(training(objective), DIGITS, 1)) {
            assertThat(run.next().elbo()).isEqualTo(first, offset(1e-4 * Math.abs(first)));
            while (run.epochs() < 5) {
                run.next();
            }
            assertThat(elbo(run, run.stepsPerEpoch())).isGreaterThan(first + 5);
        }
    }

    private static double elbo(Objective objective, int steps) {
        try (Run run = Examples.run(training(objective), DIGITS, 1)) {
            return elbo(run, steps);
        }
    }

    /** The mean over the next steps. */
    private static double elbo(Run run, int steps) {
        double sum = 0;
        for (int i = 0; i < steps; i++) {
            sum += run.next().elbo();
        }
        return sum / steps;
    }
}
