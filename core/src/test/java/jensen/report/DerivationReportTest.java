package jensen.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jensen.data.Dataset;
import jensen.data.Encoding;
import jensen.evaluate.AutomaticEvidence;
import jensen.evaluate.BestPosterior;
import jensen.evaluate.Derivation;
import jensen.evaluate.DerivationTotal;
import jensen.evaluate.Estimate;
import jensen.evaluate.Evaluator;
import jensen.evaluate.EvidenceMethod;
import jensen.evaluate.ImportanceSampling;
import jensen.experiment.Experiment;
import jensen.model.Amortised;
import jensen.model.Chained;
import jensen.model.Family;
import jensen.model.Guide;
import jensen.model.Head;
import jensen.model.PerDatum;
import jensen.model.Refinement;
import jensen.model.SemiAmortised;
import jensen.net.Activation;
import jensen.net.Initialiser;
import jensen.net.Mlp;
import jensen.net.Parameters;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.train.Examples;
import jensen.train.Stop;
import jensen.train.Training;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DerivationReportTest {
    private static final Dataset DIGITS = Examples.digits();
    private static final EvidenceMethod AUTO = new AutomaticEvidence(0.5, 4000, 0);

    @TempDir
    Path folder;

    private static DerivationReport report(int latent) {
        Training training = Training.of(
                Examples.model(latent, List.of(16), new Family.Bernoulli()),
                Examples.guide(latent, List.of(16)),
                new Encoding.AsStored());
        Experiment experiment = new Experiment(
                Experiment.FORMAT,
                Experiment.Source.of("digits", Optional.empty(), DIGITS, Optional.empty(), 10, 10),
                training,
                new Stop(1, 0),
                DType.FLOAT32,
                new Experiment.Protocol(1, 1, 1));
        Evaluator evaluator = new Evaluator(
                training.model(),
                training.theta(DType.FLOAT32, Device.CPU),
                training.guide(),
                training.phi(DType.FLOAT32, Device.CPU),
                training.encoding(),
                Generator.of(3),
                1);
        return new DerivationReport(experiment, evaluator, DIGITS);
    }

    private static List<Derivation> derive(DerivationReport report, int... rows) {
        return Derivation.of(
                report.evaluator(), DIGITS, rows, AUTO, new BestPosterior(new Refinement(50, 8, 0.05)), 500, n -> {});
    }

    private String page(DerivationReport report, Derivation d) throws Exception {
        Path file = folder.resolve("page.html");
        report.write(file, d);
        return Files.readString(file);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void thePageHasEveryLineAndFetchesNothing(int latent) throws Exception {
        DerivationReport report = report(latent);
        Derivation d = derive(report, 7).get(0);
        String page = page(report, d);
        for (Derivation.Line line :
                Stream.of(d.lines(), d.route()).flatMap(List::stream).toList()) {
            assertThat(page).contains(Markup.formula(line.label()), DerivationReport.number(line.estimate()));
        }
        assertThat(page).contains("amortised", "optimisation for this datum alone", "holds", "<svg", "data:image/png");
        assertThat(page).doesNotContain("src=\"http", "href=\"http", "@import", "NaN");
        assertThat(page).contains(latent > 2 ? "weighted draws" : "found by quadrature");
    }

    /** What is said of q, and of what its choice costs, beside the words that would be wrong there. */
    static List<Arguments> guides() {
        Head encoder = (Head) ((Amortised) Examples.guide(4, List.of(16))).encoder();
        Head second = new Head(new Mlp(4, List.of(), 4, Activation.TANH), new Family.Normal(), 2);
        return List.of(
                Arguments.of(
                        new Amortised(encoder),
                        "q(z|x) is selected from x by a network (amortised). The one of the same family that an"
                                + " optimisation for this datum alone finds has the bound ",
                        "amortisation: the network does not select the best q",
                        "steps"),
                Arguments.of(
                        new Amortised(new Chained(encoder, second)),
                        "q(z|x) is selected from x by a network (amortised). The one of the same family that an"
                                + " optimisation of the first layer for this datum alone finds has the bound ",
                        "amortisation: the network does not select the best q",
                        "steps"),
                Arguments.of(
                        new SemiAmortised(encoder, new Refinement(3, 2, 0.01)),
                        "q(z|x) is selected from x by a network and refined by 3 steps for this datum alone"
                                + " (semi-amortised). The one of the same family that going on from there finds has the"
                                + " bound ",
                        "amortisation: the network and the steps for each datum do not reach the best q",
                        "(amortised)"),
                Arguments.of(
                        new PerDatum(encoder.family(), 4, 0, new Refinement(1, 2, 0.01)),
                        "q(z|x) is found by 1 step for this datum alone, and no network has a part in it (per-datum). The"
                                + " one of the same family that going on from there finds has the bound ",
                        "optimisation: the steps for each datum end before the best q",
                        "amortis"));
    }

    @ParameterizedTest
    @MethodSource("guides")
    void whatIsSaidOfQIsTrueOfIt(Guide guide, String sentence, String loss, String wrong) throws Exception {
        boolean layers = guide instanceof Amortised a && a.encoder() instanceof Chained;
        DerivationReport like = report(layers ? 6 : 4);
        Parameters phi =
                Parameters.start(guide.slots(), Initialiser.GLOROT, Generator.of(1), DType.FLOAT32, Device.CPU);
        DerivationReport report =
                new DerivationReport(like.experiment(), like.evaluator().with(guide, phi), DIGITS);
        Derivation d = Derivation.of(
                        report.evaluator(),
                        DIGITS,
                        new int[] {7},
                        new ImportanceSampling(ImportanceSampling.Proposal.POSTERIOR, 100, 1, 100),
                        new BestPosterior(new Refinement(2, 2, 0.05)),
                        20,
                        n -> {})
                .get(0);
        String said = DerivationReport.posterior(guide, d);
        assertThat(said)
                .isEqualTo(sentence + DerivationReport.number(d.best()) + ", higher by "
                        + DerivationReport.number(d.amortisationGap()) + " nats.");
        String page = page(report, d);
        assertThat(page).contains(Markup.escape(said), Markup.formula(loss)).doesNotContain(wrong);
        Path all = folder.resolve("all.html");
        report.write(all, DerivationTotal.of(List.of(d)));
        assertThat(Files.readString(all)).contains(Markup.formula(loss)).doesNotContain(wrong);
    }

    @Test
    void everyLineLinksToAMethodThatExists() throws Exception {
        DerivationReport report = report(2);
        Derivation d = derive(report, 7).get(0);
        String page = page(report, d);
        List<String> linked = Pattern.compile("href=\"#([^\"]+)\"")
                .matcher(page)
                .results()
                .map(m -> m.group(1))
                .distinct()
                .toList();
        assertThat(linked).hasSizeGreaterThan(5);
        for (String name : linked) {
            assertThat(page).contains("id=\"" + name + "\"");
            Class<?> home = Class.forName("jensen." + name.substring(0, name.lastIndexOf('.')));
            assertThat(Arrays.stream(home.getMethods()).map(Method::getName))
                    .contains(name.substring(name.lastIndexOf('.') + 1));
        }
    }

    @Test
    void totalsAreSumsOfWhatEachDatumHas() throws Exception {
        DerivationReport report = report(2);
        List<Derivation> each = derive(report, 3, 8, 20);
        DerivationTotal total = DerivationTotal.of(each);
        double sum = each.stream().mapToDouble(d -> d.lines().get(4).value()).sum();
        double squares = each.stream()
                .mapToDouble(d -> Math.pow(d.lines().get(4).standardError(), 2))
                .sum();
        assertThat(total.lines().get(4).value()).isEqualTo(sum, within(1e-9));
        assertThat(total.lines().get(4).standardError()).isEqualTo(Math.sqrt(squares), within(1e-12));
        assertThat(total.methods()).containsOnlyKeys("quadrature").containsValue(3);
        assertThat(total.failed()).isZero();
        assertThat(total.gap().value())
                .isEqualTo(
                        total.approximationGap().value()
                                + total.amortisationGap().value(),
                        within(1e-9));
        Path file = folder.resolve("all.html");
        report.write(file, total);
        assertThat(Files.readString(file))
                .contains("Sums over 3 data", DerivationReport.number(total.gap()), "by quadrature for 3");
    }

    @Test
    void numbersSayHowWellTheyAreKnown() {
        assertThat(DerivationReport.number(new Estimate(-98.12345, 0.0451))).isEqualTo("−98.123 ± 0.045");
        assertThat(DerivationReport.number(new Estimate(2, 0))).isEqualTo("2.000 exactly");
        assertThat(DerivationReport.number(new Estimate(-1, 2.4e-8))).isEqualTo("−1.000 ± 2e-08");
        assertThat(DerivationReport.number(new Estimate(-5, Double.POSITIVE_INFINITY)))
                .isEqualTo("−5 ± ∞");
    }
}
