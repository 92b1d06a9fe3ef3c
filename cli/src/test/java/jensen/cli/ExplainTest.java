package jensen.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How log p(x) is found and the bound derived, on runs of two and four latent dimensions and on a linear one. */
class ExplainTest {
    @TempDir
    static Path folder;

    private static Path plane = Path.of("");
    private static Path four = Path.of("");
    private static Path linear = Path.of("");

    @BeforeAll
    static void train() {
        plane = folder.resolve("plane");
        four = folder.resolve("four");
        linear = folder.resolve("linear");
        assertThat(Jensen.train(plane, "--latent", "2").code()).isZero();
        assertThat(Jensen.train(four).code()).isZero();
        assertThat(Jensen.train(linear, "--hidden", "none", "--likelihood", "normal-shared")
                        .code())
                .isZero();
    }

    private static Jensen.Ran explain(Path run, String... more) {
        String[] args = new String[2 + more.length];
        args[0] = "explain";
        args[1] = run.toString();
        System.arraycopy(more, 0, args, 2, more.length);
        return Jensen.run(args);
    }

    private static double number(JsonNode json, String name) {
        assertThat(json.get(name)).as(name).isNotNull();
        assertThat(json.get(name).isNumber()).as(name).isTrue();
        return json.get(name).doubleValue();
    }

    private static void addsUp(JsonNode json) {
        double elbo = number(json, "elbo");
        assertThat(elbo).isCloseTo(number(json, "reconstruction") - number(json, "kl"), within(1e-9));
        assertThat(number(json, "gap")).isCloseTo(number(json, "logEvidence") - elbo, within(1e-9));
        assertThat(number(json, "gap"))
                .isCloseTo(number(json, "approximationGap") + number(json, "amortisationGap"), within(1e-9));
        assertThat(number(json, "gap")).isGreaterThan(-5 * number(json, "gapStandardError"));
        assertThat(number(json, "logEvidenceStandardError")).isGreaterThanOrEqualTo(0);
    }

    @Test
    void theJsonHoldsTheLinesAndTheirSums() throws IOException {
        Jensen.Ran ran = explain(plane, "--datum", "7", "--json", "--samples", "2000");
        assertThat(ran.code()).isZero();
        JsonNode json = ran.json();
        assertThat(json.get("datum").intValue()).isEqualTo(7);
        assertThat(json.get("evidenceMethod").textValue()).isEqualTo("quadrature");
        addsUp(json);
        List<JsonNode> lines = new ArrayList<>();
        json.get("lines").forEach(lines::add);
        assertThat(lines).hasSize(9).allSatisfy(line -> {
            assertThat(line.get("label").textValue()).isNotBlank();
            number(line, "value");
            assertThat(number(line, "standardError")).isNotNegative();
        });
        assertThat(number(lines.get(0), "value")).isEqualTo(number(json, "logEvidence"));
        assertThat(number(lines.get(2), "value"))
                .isCloseTo(
                        number(lines.get(3), "value") + number(lines.get(4), "value") + number(lines.get(5), "value"),
                        within(1e-6));
        assertThat(number(lines.get(8), "value")).isEqualTo(number(json, "gap"));
        json.get("checks")
                .forEach(check -> assertThat(check.get("holds").booleanValue())
                        .as(check.toString())
                        .isTrue());
        assertThat(json.get("checks").size()).isGreaterThanOrEqualTo(3);
        assertThat(plane.resolve("explain-7.html")).doesNotExist();
    }

    @Test
    void peopleGetATableThatFitsAndAPage() throws IOException {
        Jensen.Ran ran = explain(plane, "--datum", "3", "--samples", "500");
        assertThat(ran.code()).isZero();
        Path page = plane.resolve("explain-3.html");
        assertThat(ran.out())
                .contains(
                        "Datum 3 of digits:test, label ",
                        "log p(x) = log ∫ p(x,z) dz",
                        "Jensen",
                        "definition of KL",
                        "The second route",
                        "amortisation gap",
                        "(amortised)",
                        "holds: ",
                        "found by quadrature")
                .doesNotContain("DOES NOT HOLD")
                .endsWith(page + System.lineSeparator());
        assertThat(ran.out().lines().filter(line -> !line.startsWith(folder.toString())))
                .allMatch(line -> line.length() <= 80);
        assertThat(Files.readString(page)).contains("<h1>How the bound on datum 3 comes about</h1>");
    }

    @Test
    void aLinearModelIsExact() throws IOException {
        JsonNode json = explain(linear, "--json", "--samples", "500").json();
        assertThat(json.get("datum").intValue()).isZero();
        assertThat(json.get("evidenceMethod").textValue()).isEqualTo("closed-form");
        assertThat(number(json, "logEvidenceStandardError")).isZero();
        addsUp(json);
    }

    @Test
    void allIsATableOfSums() throws IOException {
        Path page = folder.resolve("all.html");
        JsonNode json = explain(plane, "--all", "--rows", "5", "--samples", "200", "--json", "--out", page.toString())
                .json();
        assertThat(json.get("rows").intValue()).isEqualTo(5);
        assertThat(json.get("evidenceRows").get("quadrature").intValue()).isEqualTo(5);
        assertThat(json.get("failedChecks").intValue()).isZero();
        addsUp(json);
        assertThat(number(json, "logEvidence")).isLessThan(5 * -5.0);
        JsonNode apart = json.get("checks").get(3);
        assertThat(apart.get("label").textValue()).isEqualTo("L + KL(q(z|x) ‖ p(z|x)) is log p(x)");
        assertThat(apart.get("rows").intValue()).isEqualTo(5);
        assertThat(number(apart, "largestDifference")).isLessThan(1e-6);
        JsonNode last = json.get("bounds").get(3);
        assertThat(last.get("samples").intValue()).isEqualTo(200);
        assertThat(number(last, "gap"))
                .isCloseTo(number(json, "logEvidence") / 5 - number(last, "value"), within(1e-9));
        assertThat(number(last, "gapStandardError")).isPositive();
        assertThat(number(last, "gapRowsStandardError")).isPositive();
        assertThat(json.get("coveredRows").intValue()).isBetween(0, 5);
        assertThat(Files.readString(page)).contains("Sums over 5 data");
        Jensen.Ran ran = explain(plane, "--all", "--rows", "5", "--samples", "200");
        assertThat(ran.out().replace("\n", " "))
                .contains("Sums over 5 data", "by quadrature for 5", "the checks hold for 5 of 5", "K = 200 ");
        assertThat(ran.out().lines()).allMatch(line -> line.length() <= 80);
    }

    @Test
    void mistakesAreToldInOneLine() {
        assertThat(explain(plane, "--datum", "360"))
                .isEqualTo(
                        new Jensen.Ran(
                                2,
                                "",
                                "jensen explain: --datum: expected a number from 0 to 359, the last of digits:test, found 360\n"));
        assertThat(explain(plane, "--datum", "-1").code()).isEqualTo(2);
        assertThat(explain(plane, "--datum", "1", "--all").err()).contains("--datum and --all: expected one of them");
        assertThat(explain(plane, "--rows", "3").err()).contains("--rows: expected --all");
        assertThat(explain(plane, "--samples", "1").err()).contains("--samples: expected 2 or more, found 1");
        assertThat(explain(plane, "--out", "page.pdf").err()).contains("ends with .html, found page.pdf");
        Jensen.Ran other = explain(plane, "--data", "mnist:test");
        assertThat(other.code()).isEqualTo(3);
        assertThat(other.err())
                .contains("expected 64 values a row", "found 784")
                .hasLineCount(1);
        assertThat(explain(folder.resolve("none")).code()).isEqualTo(3);
    }

    @Test
    void anErrorThatIsNotReachedIsTold() throws IOException {
        Jensen.Ran ran =
                explain(four, "--evidence", "is", "--error", "1e-9", "--budget", "1000", "--json", "--samples", "100");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.json().get("evidenceReached").booleanValue()).isFalse();
        assertThat(number(ran.json(), "logEvidenceStandardError")).isBetween(1e-6, 5.0);
        assertThat(ran.err())
                .contains(
                        "log p(x) did not reach an error of 1.0E-9 nats",
                        "within 1,000 evaluations",
                        "the largest is ± ");
    }

    private static Jensen.Ran evaluate(Path run, String... more) {
        String[] args = new String[5 + more.length];
        System.arraycopy(new String[] {"evaluate", run.toString(), "--rows", "6", "--json"}, 0, args, 0, 5);
        System.arraycopy(more, 0, args, 5, more.length);
        return Jensen.run(args);
    }

    /** All ways to log p(x) agree, and keep the fields of plain evaluate. */
    @Test
    void evaluateFindsTheEvidenceAsAsked() throws IOException {
        JsonNode plain = evaluate(plane, "--samples", "4000").json();
        JsonNode exact =
                evaluate(plane, "--evidence", "quadrature", "--samples", "4000").json();
        assertThat(exact.get("evidenceRows").toString()).isEqualTo("{\"quadrature\":6}");
        assertThat(exact.get("unreachedRows").intValue()).isZero();
        plain.fieldNames()
                .forEachRemaining(name -> assertThat(exact.has(name)).as(name).isTrue());
        assertThat(exact.get("elbo")).isEqualTo(plain.get("elbo"));
        for (String method : List.of("is", "is-q", "ais", "auto")) {
            JsonNode found = evaluate(plane, "--evidence", method, "--error", "0.5", "--samples", "10", "--chunk", "50")
                    .json();
            double error = Math.hypot(number(found, "logLikelihoodStandardError"), 0.01);
            assertThat(number(found, "logLikelihood"))
                    .as(method)
                    .isCloseTo(number(exact, "logLikelihood"), within(5 * error));
            assertThat(number(found, "largestStandardError")).isLessThan(0.5);
            assertThat(found.get("evidenceMethod").textValue()).isEqualTo(method);
        }
        JsonNode against = evaluate(plane, "--evidence", "is", "--error", "0.05", "--against", "quadrature")
                .json();
        assertThat(against.get("againstMethod").textValue()).isEqualTo("quadrature");
        assertThat(against.get("agreeingRows").intValue()).isBetween(4, 6);
        assertThat(against.get("farRows").intValue()).isZero();
        assertThat(number(against, "againstDifference"))
                .isCloseTo(number(against, "logLikelihood") - number(exact, "logLikelihood"), within(1e-3));
        assertThat(number(against, "againstDistance")).isBetween(1e-5, 0.05);
        JsonNode closed = evaluate(linear, "--evidence", "closed-form").json();
        assertThat(number(closed, "logLikelihoodStandardError")).isZero();
    }

    @Test
    void evaluateRefusesWhatCannotBe() {
        assertThat(evaluate(four, "--evidence", "quadrature").err())
                .contains("quadrature serves at most 3 latent dimensions, the model has 4")
                .hasLineCount(1);
        assertThat(evaluate(plane, "--evidence", "closed-form").err())
                .contains("affine decoder")
                .hasLineCount(1);
        assertThat(evaluate(four, "--against", "quadrature").err())
                .contains("quadrature serves at most 3 latent dimensions, the model has 4")
                .hasLineCount(1);
        assertThat(evaluate(plane, "--evidence", "iss").err()).contains("did you mean is");
        assertThat(evaluate(plane, "--evidence", "ais", "--budget", "2000").err())
                .contains("--budget: expected 20656 or more for --evidence ais, found 2000");
        assertThat(evaluate(plane, "--error", "0").err()).contains("--error: expected a number above 0, found 0.0");
        assertThat(evaluate(plane, "--evidence", "is", "--budget", "5").code()).isEqualTo(2);
        Jensen.Ran ran = evaluate(four, "--evidence", "auto", "--error", "1e-4", "--budget", "4000");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).contains("log p(x) of 6 of 6 rows did not reach an error of 1.0E-4 nats");
    }

    @Test
    void theTableIsNotLostWithThePage() throws IOException {
        Files.createDirectories(plane.resolve("explain-5.html/taken"));
        Jensen.Ran ran = explain(plane, "--datum", "5", "--samples", "100");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).contains("cannot write " + plane.resolve("explain-5.html"));
        assertThat(ran.out()).contains("log p(x)").doesNotContain("explain-5.html");
    }

    @Test
    void diagnoseAddsUp() throws IOException {
        JsonNode json = Jensen.run("diagnose", plane.toString(), "--simulated", "200", "--rows", "50", "--json")
                .json();
        assertThat(number(json, "kl"))
                .isCloseTo(number(json, "mutualInformation") + number(json, "marginalKl"), within(1e-9));
        assertThat(number(json, "mutualInformation")).isBetween(0.0, Math.log(50));
        assertThat(number(json, "logRows")).isEqualTo(Math.log(50));
        assertThat(json.get("klPerDimension").get(0).doubleValue()
                        + json.get("klPerDimension").get(1).doubleValue())
                .isCloseTo(number(json, "kl"), within(1e-9));
        assertThat(json.get("calibrationPValues").size()).isEqualTo(2);
        int ranks = 0;
        for (JsonNode count : json.get("calibrationRanks").get(0)) {
            ranks += count.intValue();
        }
        assertThat(ranks).isEqualTo(200);
        assertThat(json.has("eigenvalues")).isFalse();
        Jensen.Ran ran = Jensen.run("diagnose", linear.toString(), "--simulated", "100", "--rows", "50");
        assertThat(ran.code()).isZero();
        assertThat(ran.out()).contains("of at most log 50 = 3.912", "active units: ", "linear: of 4 eigenvalues ");
        assertThat(ran.out().lines()).allMatch(line -> line.length() <= 80);
        assertThat(Jensen.run("diagnose", plane.toString(), "--simulated", "10").err())
                .isEqualTo("jensen diagnose: --simulated: expected 100 or more, found 10\n");
    }

    /** On the linear model annealing has little to do: both ends are near to each other. */
    @Test
    void diagnoseBracketsTheEvidence() throws IOException {
        String[] command = {
            "diagnose", linear.toString(), "--simulated", "100", "--rows", "50", "--bracket", "3", "--json"
        };
        JsonNode json = Jensen.run(command).json();
        assertThat(json.get("bracketRows").intValue()).isEqualTo(3);
        assertThat(number(json, "bracketWidth"))
                .isCloseTo(number(json, "bracketUpper") - number(json, "bracketLower"), within(1e-9))
                .isCloseTo(0, within(5 * number(json, "bracketWidthStandardError") + 0.05));
        assertThat(number(json, "annealed"))
                .isCloseTo(
                        number(json, "bracketLower"),
                        within(5
                                        * Math.hypot(
                                                number(json, "annealedStandardError"),
                                                number(json, "bracketLowerStandardError"))
                                + 0.05));
        assertThat(json.get("annealedInside").intValue()).isBetween(1, 3);
        Jensen.Ran ran = Jensen.run(Arrays.copyOf(command, command.length - 1));
        assertThat(ran.out()).contains("of 3 data that the model made", "from above", "apart");
        assertThat(ran.out().lines()).allMatch(line -> line.length() <= 80);
        command[7] = "-1";
        assertThat(Jensen.run(command).err()).isEqualTo("jensen diagnose: --bracket: expected 0 or more, found -1\n");
    }

    @Test
    void selftestSaysOkOfEachLine() throws IOException {
        Jensen.Ran ran = Jensen.run("selftest", "--threads", "2");
        assertThat(ran.code()).isZero();
        assertThat(ran.out().lines().skip(1)).hasSizeGreaterThan(20).allMatch(line -> line.startsWith("ok "));
        assertThat(ran.out().lines()).allMatch(line -> line.length() <= 80);
        assertThat(Jensen.run("selftest", "--threads", "0").code()).isEqualTo(2);
    }
}
