package jensen.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import jensen.data.Dataset;
import jensen.evaluate.Derivation;
import jensen.evaluate.DerivationTotal;
import jensen.evaluate.Estimate;
import jensen.model.Guide;
import jensen.model.PerDatum;
import jensen.report.DerivationReport;

/**
 * The derivation of the bound for a terminal.
 *
 * @param columns how many characters fit in a line
 */
record DerivationTable(int columns) {
    /** Where nothing says how wide the terminal is. */
    static final int COLUMNS = 80;

    private static final int NARROWEST = 12;

    /** One datum's. */
    List<String> of(DerivationReport report, Derivation d) {
        Dataset data = report.data();
        List<String> lines = new ArrayList<>();
        String label = data.label(d.index()).isPresent()
                ? ", label " + data.label(d.index()).getAsInt()
                : "";
        lines.addAll(wrapped("Datum " + d.index() + " of " + data.name() + label + ", in nats. "
                + DerivationReport.posterior(report.evaluator().guide(), d)));
        lines.add("");
        lines.addAll(table(rows(d.lines())));
        lines.addAll(heading("The second route"));
        lines.addAll(table(rows(d.route())));
        lines.addAll(heading("What was lost"));
        lines.addAll(table(gaps(report, d.gap(), d.approximationGap(), d.amortisationGap())));
        lines.add("");
        for (Derivation.Check check : d.checks()) {
            lines.addAll(wrapped((check.holds() ? "holds: " : "DOES NOT HOLD: ") + check.label() + " ("
                    + DerivationReport.difference(check) + ")"));
        }
        lines.addAll(wrapped(DerivationReport.evidence(d.evidence())));
        return lines;
    }

    /** The sums over some data, and their means. */
    List<String> of(DerivationReport report, DerivationTotal t) {
        List<String> lines = new ArrayList<>();
        lines.addAll(wrapped(String.format(
                Locale.ROOT,
                "Sums over %,d data of %s, in nats, and means beside them; log p(x) %s.",
                t.rows(),
                report.data().name(),
                t.methods().entrySet().stream()
                        .map(e -> DerivationReport.words(e.getKey()) + " for " + e.getValue())
                        .collect(Collectors.joining(", ")))));
        lines.add("");
        List<String> means = aligned(
                t.lines().stream().map(l -> mean(l.estimate(), t.rows())).toList());
        lines.addAll(table(IntStream.range(0, means.size())
                .mapToObj(i -> {
                    Derivation.Line line = t.lines().get(i);
                    return new Row(line.label(), DerivationReport.number(line.estimate()), means.get(i));
                })
                .toList()));
        lines.addAll(heading("What was lost"));
        lines.addAll(table(gaps(report, t.gap(), t.approximationGap(), t.amortisationGap())));
        lines.addAll(heading("Means of the bounds of K draws, all of the same draws"));
        lines.addAll(bounds(t));
        lines.add("");
        lines.add("the checks hold for " + (t.rows() - t.failed()) + " of " + t.rows());
        lines.addAll(table(t.checks().stream()
                .map(c -> new Row(
                        "  " + c.label(),
                        String.format(Locale.ROOT, "≤ %.2g", c.largest()),
                        c.rows() + " data" + (c.failed() == 0 ? "" : ", DOES NOT HOLD in " + c.failed())))
                .toList()));
        return lines;
    }

    private List<String> bounds(DerivationTotal t) {
        List<String> labels = new ArrayList<>(List.of(""));
        List<Estimate> means = new ArrayList<>();
        List<Estimate> gaps = new ArrayList<>();
        for (DerivationTotal.Tightness b : t.bounds()) {
            labels.add(String.format(Locale.ROOT, "K = %,d", b.draws()));
            means.add(b.value());
            gaps.add(b.gap());
        }
        labels.add("log p(x)");
        means.add(t.logEvidence().times(1.0 / t.rows()));
        List<List<String>> columns = List.of(
                labels,
                column("mean", means.stream().map(DerivationReport::number).toList()),
                column(
                        "log p(x) less it",
                        gaps.stream().map(DerivationReport::number).toList()),
                column(
                        "± data",
                        t.bounds().stream()
                                .map(b -> String.format(Locale.ROOT, "%.3f", b.spread()))
                                .toList()));
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < labels.size(); i++) {
            int row = i;
            lines.add(columns.stream()
                    .map(c -> cell(c, row))
                    .collect(Collectors.joining("  "))
                    .stripTrailing());
        }
        lines.addAll(
                wrapped("± is the error from the draws; ± data that of the mean as one of all data of this kind. At the"
                        + " largest K, " + t.covered() + " of " + t.rows()
                        + " data are within 1.96 standard errors of log p(x)."));
        return lines;
    }

    private static List<String> column(String heading, List<String> numbers) {
        return Stream.concat(Stream.of(heading), aligned(numbers).stream()).toList();
    }

    /** An entry, as wide as the column's widest; empty below the last. */
    private static String cell(List<String> column, int row) {
        int width = column.stream().mapToInt(String::length).max().orElse(0);
        return String.format("%-" + width + "s", row < column.size() ? column.get(row) : "");
    }

    private static String mean(Estimate sum, int rows) {
        return DerivationReport.number(new Estimate(sum.value() / rows, sum.standardError() / rows));
    }

    private record Row(String label, String number, String reason) {}

    private static List<Row> rows(List<Derivation.Line> lines) {
        return lines.stream()
                .map(l -> new Row(l.label(), DerivationReport.number(l.estimate()), l.reason()))
                .toList();
    }

    private static List<Row> gaps(
            DerivationReport report, Estimate whole, Estimate approximation, Estimate amortisation) {
        Guide guide = report.evaluator().guide();
        return List.of(
                new Row("log p(x) − L", DerivationReport.number(whole), "the whole gap"),
                new Row(
                        "= approximation gap",
                        DerivationReport.number(approximation),
                        "the best q of the family is not p(z|x)"),
                new Row(
                        guide instanceof PerDatum ? "+ optimisation gap" : "+ amortisation gap",
                        DerivationReport.number(amortisation),
                        DerivationReport.loss(guide)));
    }

    private static List<String> heading(String text) {
        return List.of("", text);
    }

    /** Numbers aligned by their decimal points; reasons wrapped into what room is left. */
    private List<String> table(List<Row> rows) {
        int label = rows.stream().mapToInt(r -> r.label.length()).max().orElse(0);
        List<String> numbers = aligned(rows.stream().map(Row::number).toList());
        int number = numbers.stream().mapToInt(String::length).max().orElse(0);
        int left = label + 2 + number + 2;
        List<String> lines = new ArrayList<>();
        for (int r = 0; r < rows.size(); r++) {
            Row row = rows.get(r);
            List<String> reason = wrapped(row.reason, Math.max(NARROWEST, columns - left));
            for (int i = 0; i < Math.max(1, reason.size()); i++) {
                String start = i == 0
                        ? String.format("%-" + label + "s  %-" + number + "s  ", row.label, numbers.get(r))
                        : " ".repeat(left);
                lines.add((start + (reason.isEmpty() ? "" : reason.get(i))).stripTrailing());
            }
        }
        return lines;
    }

    private static List<String> aligned(List<String> numbers) {
        int whole = numbers.stream().mapToInt(DerivationTable::point).max().orElse(0);
        return numbers.stream().map(n -> " ".repeat(whole - point(n)) + n).toList();
    }

    private static int point(String number) {
        int point = number.indexOf('.');
        return point < 0 ? number.length() : point;
    }

    private List<String> wrapped(String text) {
        return wrapped(text, columns);
    }

    private static List<String> wrapped(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        if (text.length() <= width) {
            return text.isEmpty() ? List.of() : List.of(text);
        }
        for (String word : text.split(" ")) {
            if (line.length() > 0 && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.length() == 0 ? "" : " ").append(word);
        }
        if (line.length() > 0) {
            lines.add(line.toString());
        }
        return lines;
    }
}
