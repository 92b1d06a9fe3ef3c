package jensen.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import jensen.bound.Bound;
import jensen.data.Dataset;
import jensen.datasets.Catalogue;
import jensen.datasets.Progress;
import jensen.gradient.GradientEstimator;
import jensen.model.Amortised;
import jensen.model.CorrelatedFamily;
import jensen.model.Guide;
import jensen.model.Head;
import jensen.model.Prior;
import jensen.train.Run;
import jensen.train.Training;
import org.junit.jupiter.api.Test;

class CostTest {
    private static final List<Choice> ALL = Choice.all(1000);

    @Test
    void everyTypeThatAUserCanChooseHasItsRow() {
        assertThat(chosen(t -> t.objective().bound())).containsAll(leaves(Bound.class));
        assertThat(chosen(t -> t.objective().gradient())).containsAll(leaves(GradientEstimator.class));
        assertThat(chosen(Training::guide)).containsAll(leaves(Guide.class));
        assertThat(chosen(t -> t.model().prior())).containsAll(leaves(Prior.class));
        assertThat(chosen(t -> encoder(t.guide()))).containsAll(leaves(CorrelatedFamily.class));
    }

    private static Object encoder(Guide guide) {
        return guide instanceof Amortised a && a.encoder() instanceof Head head ? head.family() : "none";
    }

    private static Set<String> chosen(Function<Training, Object> what) {
        return ALL.stream()
                .map(c -> what.apply(c.training()).getClass().getSimpleName())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> leaves(Class<?> type) {
        return type.isSealed()
                ? Arrays.stream(type.getPermittedSubclasses())
                        .flatMap(t -> leaves(t).stream())
                        .collect(Collectors.toCollection(TreeSet::new))
                : Set.of(type.getSimpleName());
    }

    @Test
    void everyChoiceTrains() {
        Dataset rows =
                Catalogue.open("mnist:test", Optional.empty(), Progress.SILENT).rows(0, 1000);
        for (Choice choice : ALL) {
            try (Run run = choice.training().withBatch(10).start(rows, 1)) {
                assertThat(run.next().objective()).as(choice.option()).isFinite();
            }
        }
    }

    @Test
    void aRowIsTheMedianOverRoundsAndItsShareOfTheFirst() {
        double[][] rates = IntStream.range(0, ALL.size())
                .mapToObj(c -> c == 1 ? new double[] {90, 50, 1000} : new double[] {200, 180, 190})
                .toArray(double[][]::new);
        List<String> lines = Cost.lines(ALL, rates, 0.02);
        assertThat(lines.get(2)).isEqualTo("| usual | `jensen train mnist` | 1 | 190 | 1.00 | 180–200 |");
        assertThat(lines.get(3)).isEqualTo("| posterior | `--posterior diagonal` | 1 | 90 | 0.47 | 50–1,000 |");
        assertThat(lines.get(4)).startsWith("|  | `--posterior full` |");
        assertThat(Stream.of(lines.get(lines.size() - 1))).containsExactly("Others used 0.02 cores meanwhile.");
    }
}
