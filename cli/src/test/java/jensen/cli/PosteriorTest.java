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
        // what supposes independent components says so in a line
        Jensen.Ran explained = Jensen.run("explain", run.toString(), "--samples", "50");
        assertThat(explained.code()).isEqualTo(Exit.USAGE);
        assertThat(explained.err()).hasLineCount(1).contains("independent components", "Flow");
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
                List.of(
                        "manifold",
                        dir,
                        "--dimensions",
                        "0,1",
                        "--out",
                        folder.resolve("f.png").toString()),
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
