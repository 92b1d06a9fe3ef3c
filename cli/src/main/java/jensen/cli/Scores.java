package jensen.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import jensen.data.Csv;
import jensen.data.Dataset;
import jensen.evaluate.Row;

/** What is known of each datum, as a table: in nats, under the names of {@link Results}. */
final class Scores {
    private record Column(String name, ToDoubleFunction<Row> value) {}

    private Scores() {}

    /** Writes a .csv file of a row for each datum, its label last where it is known. */
    static void write(Path out, List<Row> rows, Dataset data) {
        List<Column> columns = new ArrayList<>(List.of(
                new Column("row", Row::index),
                new Column("elbo", Row::elbo),
                new Column("elboStandardError", Row::elboError),
                new Column("reconstruction", Row::reconstruction),
                new Column("kl", Row::kl),
                new Column("logLikelihood", Row::logEvidence),
                new Column("logLikelihoodStandardError", Row::logEvidenceError),
                new Column("effectiveSamples", Row::effectiveSamples),
                new Column("paretoShape", Row::paretoShape)));
        // other methods than importance sampling have no weights to tell of
        columns.removeIf(column -> rows.stream().allMatch(row -> Double.isNaN(column.value.applyAsDouble(row))));
        if (data.label(0).isPresent()) {
            columns.add(new Column("label", row -> data.label(row.index()).orElseThrow()));
        }
        Csv.write(
                out,
                columns.stream().map(Column::name).toList(),
                rows.stream()
                        .flatMapToDouble(row -> columns.stream().mapToDouble(column -> column.value.applyAsDouble(row)))
                        .toArray());
    }
}
