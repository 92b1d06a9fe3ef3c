package jensen.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose posterior or prior is another than the usual: trained, resumed from their files, and looked at. */
class PosteriorTest {
    @TempDir
    static Path folder;

    private static JsonNode trained(Path run, String posterior, String prior) throws Exception {
        Jensen.Ran ran = Jensen.train(run, "--json", "--posterior", posterior, "--prior", prior, "--threads", "2");
        assertThat(ran.code()).as(ran.err()).isZero();
        return ran.json();
    }

    @Test
    void aFlowUnderAPriorOfPosteriorsGoesAllTheWay() throws Exception {
        Path run = folder.resolve("run");
        JsonNode json = trained(run, "flow:iaf:2", "vamp:50");
        assertThat(json.get("elbo").doubleValue())
                .isEqualTo(
                        json.get("reconstruction").doubleValue()
                                - json.get("kl").doubleValue(),
                        within(1e-9));
        assertThat(Files.readString(run.resolve("experiment.json")))
                .contains("autoregressive-flow", "\"vamp\"", "SAMPLED");

        Jensen.Ran again = Jensen.run("evaluate", run.toString(), "--rows", "20", "--samples", "50", "--json");
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(again.json().get("logLikelihood")).isEqualTo(json.get("logLikelihood"));
        for (List<String> command : List.of(
                List.of(
                        "sample",
                        run.toString(),
                        "--out",
                        folder.resolve("s.png").toString()),
                List.of(
                        "reconstruct",
                        run.toString(),
                        "--out",
                        folder.resolve("r.png").toString()),
                List.of(
                        "encode",
                        run.toString(),
                        "digits",
                        "--out",
                        folder.resolve("c.csv").toString()))) {
            Jensen.Ran ran = Jensen.run(command.toArray(String[]::new));
            assertThat(ran.code()).as("%s: %s", command, ran.err()).isZero();
        }
    }

    /** A mixture, in the plane: looked at by every command, or refused in a line. */
    @Test
    void aMixtureGoesAllTheWay() throws Exception {
        Path run = folder.resolve("mixture");
        Jensen.Ran ran = Jensen.train(run, "--latent", "2", "--posterior", "mixture:3");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(Files.readString(run.resolve("experiment.json"))).contains("\"normal-mixture\"", "SAMPLED");
        assertThat(Jensen.run("evaluate", run.toString(), "--rows", "5", "--evidence", "quadrature")
                        .code())
                .isZero();
        JsonNode explained = Jensen.run("explain", run.toString(), "--samples", "500", "--json")
                .json();
        assertThat(explained.get("checks"))
                .isNotEmpty()
                .allMatch(c -> c.get("holds").booleanValue());
        assertThat(explained.get("amortisationGap").doubleValue()).isPositive();
        Path page = folder.resolve("page.html");
        assertThat(Jensen.run("explain", run.toString(), "--samples", "50", "--out", page.toString())
                        .code())
                .isZero();
        assertThat(Files.readString(page)).contains("The posterior and q");
        Path codes = folder.resolve("mixture.csv");
        assertThat(Jensen.run("encode", run.toString(), "digits", "--out", codes.toString())
                        .code())
                .isZero();
        assertThat(Jensen.run("diagnose", run.toString()).err())
                .contains("q must be normal with independent components and p(z) standard normal");
    }

    /** Two layers of latent variables: looked at by every command that can, what cannot says so in a line. */
    @Test
    void twoLayersGoAllTheWay() throws Exception {
        Path run = folder.resolve("layers");
        Jensen.Ran ran = Jensen.train(
                run,
                "--latent",
                "6,3",
                "--hidden",
                "20,20/10",
                "--bound",
                "iw",
                "--gradient",
                "dreg",
                "--samples",
                "3");
        assertThat(ran.code()).as(ran.err()).isZero();
        String experiment = Files.readString(run.resolve("experiment.json"));
        assertThat(experiment).contains("\"chained\"", "\"reading\"");
        Jensen.Ran again = Jensen.run("evaluate", run.toString(), "--rows", "10", "--samples", "50", "--json");
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(Jensen.run("evaluate", run.toString(), "--rows", "2", "--evidence", "ais", "--error", "5")
                        .code())
                .isLessThan(Exit.USAGE);
        JsonNode explained = Jensen.run(
                        "explain", run.toString(), "--samples", "100", "--budget", "2000", "--error", "9", "--json")
                .json();
        assertThat(explained.get("checks"))
                .isNotEmpty()
                .allMatch(c -> c.get("holds").booleanValue());
        for (List<String> command : List.of(List.of("sample", "s.png"), List.of("reconstruct", "r.png"))) {
            Path out = folder.resolve("layers-" + command.get(1));
            Jensen.Ran shown = Jensen.run(command.get(0), run.toString(), "--out", out.toString());
            assertThat(shown.code()).as("%s: %s", command, shown.err()).isZero();
        }
        for (List<String> refused : List.of(
                List.of("--inference", "per-datum", "expected amortised, as --latent has 2 layers"),
                List.of(
                        "--prior",
                        "vamp:5",
                        "expected normal, mixture:M or flow, as --latent has 2 layers, found vamp"),
                List.of("--hidden", "20/10/5", "for each of the 2, found 3"),
                List.of("--bound", "elbo", "closed form"))) {
            Jensen.Ran no = Jensen.train(folder.resolve("no"), "--latent", "6,3", refused.get(0), refused.get(1));
            assertThat(no.code()).as(no.err()).isEqualTo(Exit.USAGE);
            assertThat(no.err()).hasLineCount(1).contains(refused.get(2));
        }
    }

    @Test
    void everyPosteriorAndPriorTrains() throws Exception {
        assertThat(trained(folder.resolve("a"), "full", "normal").get("kl").doubleValue())
                .isPositive();
        assertThat(Files.readString(folder.resolve("a/experiment.json"))).contains("ANALYTIC");
        trained(folder.resolve("b"), "lowrank:2", "mixture:3");
        trained(folder.resolve("c"), "flow:planar:2", "flow:2");
        trained(folder.resolve("d"), "flow:sylvester:2", "normal");
        assertThat(Files.readString(folder.resolve("d/experiment.json"))).contains("SAMPLED");
    }

    /** Of a discrete z: trained by each of its gradients, its evidence a sum, and looked at by every command. */
    @Test
    void discreteCodesGoAllTheWay() throws Exception {
        Path run = folder.resolve("bits");
        Jensen.Ran ran = Jensen.train(run, "--json", "--posterior", "bernoulli", "--prior", "learned", "--latent", "5");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(Files.readString(run.resolve("experiment.json")))
                .contains("\"enumeration\"", "\"discrete\"", "ANALYTIC");
        String dir = run.toString();
        Jensen.Ran evaluated = Jensen.run("evaluate", dir, "--rows", "20", "--evidence", "enumeration", "--json");
        assertThat(evaluated.code()).as(evaluated.err()).isZero();
        JsonNode json = evaluated.json();
        assertThat(json.get("logLikelihoodStandardError").doubleValue()).isZero();
        assertThat(json.get("logLikelihood").doubleValue())
                .isGreaterThan(json.get("elbo").doubleValue());
        for (List<String> command : List.of(
                List.of("explain", dir, "--samples", "100"),
                List.of("diagnose", dir, "--rows", "50", "--simulated", "100", "--gradient-noise", "2"),
                List.of("sample", dir, "--out", folder.resolve("d.png").toString()),
                List.of("reconstruct", dir, "--out", folder.resolve("e.png").toString()),
                List.of(
                        "encode",
                        dir,
                        "digits",
                        "--out",
                        folder.resolve("e.csv").toString()))) {
            Jensen.Ran looked = Jensen.run(command.toArray(String[]::new));
            assertThat(looked.code()).as("%s: %s", command, looked.err()).isZero();
        }
        for (List<String> command : List.of(
                List.of(
                        "morph",
                        dir,
                        "--rows",
                        "1,2",
                        "--out",
                        folder.resolve("f.png").toString()),
                List.of("manifold", dir, "--out", folder.resolve("f.png").toString()),
                List.of("evaluate", dir, "--evidence", "quadrature"),
                List.of("evaluate", dir, "--evidence", "ais"),
                List.of("diagnose", dir, "--bracket", "2"))) {
            Jensen.Ran refused = Jensen.run(command.toArray(String[]::new));
            assertThat(refused.code()).as("%s", command).isEqualTo(Exit.USAGE);
            assertThat(refused.err()).as("%s", command).hasLineCount(1).contains("discrete");
        }
        for (List<String> more : List.of(
                List.of("--posterior", "categorical:3", "--gradient", "gumbel:0.5"),
                List.of("--posterior", "categorical:3", "--bound", "iw", "--gradient", "vimco", "--samples", "3"),
                List.of("--posterior", "bernoulli", "--bound", "iw"),
                List.of("--posterior", "bernoulli", "--inference", "semi-amortised:3", "--gradient", "score"))) {
            Path other = folder.resolve("g");
            Jensen.Ran trained = Jensen.train(
                    other,
                    java.util.stream.Stream.concat(
                                    more.stream(), java.util.stream.Stream.of("--latent", "3", "--force"))
                            .toArray(String[]::new));
            assertThat(trained.code()).as("%s: %s", more, trained.err()).isZero();
        }
    }

    @Test
    void whatDoesNotGoWithAZIsRefusedBeforeAnyWork() {
        refused("has to be real", "--posterior", "bernoulli", "--gradient", "pathwise");
        refused("has to be real", "--posterior", "categorical:4", "--gradient", "dreg", "--bound", "iw");
        refused("normal is real: use pathwise", "--gradient", "enumerate");
        refused("normal is real: use pathwise", "--gradient", "gumbel:1");
        refused("here there are 1,048,576", "--posterior", "bernoulli", "--latent", "20", "--gradient", "enumerate");
        refused("expected uniform or learned", "--posterior", "bernoulli", "--prior", "normal");
        refused("expected uniform or learned", "--posterior", "categorical:3", "--prior", "vamp:5");
        refused("expected normal, mixture:M", "--prior", "uniform");
        refused("classes must be ≥ 2", "--posterior", "categorical:1");
        refused("temperature must be above 0", "--posterior", "bernoulli", "--gradient", "gumbel:0");
        refused("its pathwise gradient", "--posterior", "bernoulli", "--kl-weight", "free-bits:0.1");
    }

    private static void refused(String reason, String... options) {
        Path run = folder.resolve("refused");
        Jensen.Ran ran = Jensen.train(run, options);
        assertThat(ran.code()).as("%s", List.of(options)).isEqualTo(Exit.USAGE);
        assertThat(ran.err()).hasLineCount(1).contains(reason);
        assertThat(run).doesNotExist();
    }
}
