package jensen.datasets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jensen.data.Dataset;
import jensen.data.Encoding;
import jensen.evaluate.Evaluator;
import jensen.evaluate.Row;
import jensen.model.Amortised;
import jensen.model.Family;
import jensen.model.Guide;
import jensen.model.Head;
import jensen.model.Model;
import jensen.model.Prior;
import jensen.net.Activation;
import jensen.net.Mlp;
import jensen.tensor.Generator;
import jensen.train.Run;
import jensen.train.Step;
import jensen.train.Training;
import org.junit.jupiter.api.Test;

/** The README's example is the code below, and does what it says. */
class ReadmeTest {
    @Test
    void theExampleRuns() {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            example();
        } finally {
            System.setOut(before);
        }
        String text = printed.toString(StandardCharsets.UTF_8);
        Matcher elbo = Pattern.compile("training ELBO (-?[0-9.]+) nats").matcher(text);
        assertThat(elbo.find()).isTrue();
        assertThat(Double.parseDouble(elbo.group(1))).isBetween(-30.0, -15.0);
        assertThat(text).containsPattern("row 2: ELBO -[0-9.]+ ≤ log p\\(x\\) = -[0-9.]+ ± [0-9.]+ nats");
    }

    @Test
    void theReadmeHoldsThisCode() throws IOException {
        String source = Files.readString(Path.of("src/test/java/jensen/datasets/ReadmeTest.java"));
        String code = source.substring(source.lastIndexOf("// begin\n") + 9, source.lastIndexOf("// end\n"));
        String readme = Files.readString(Path.of("../README.md"));
        Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(readme);
        assertThat(block.find()).isTrue();
        assertThat(words(block.group(1))).isEqualTo(words(code));
    }

    private static String words(String code) {
        return code.replaceAll("\\s+", " ").strip();
    }

    private static void example() {
        // begin
        Dataset digits = Catalogue.open("digits", Optional.empty(), Progress.SILENT);
        Dataset test = Catalogue.open("digits:test", Optional.empty(), Progress.SILENT);
        int pixels = digits.shape().size();
        int latent = 8;

        Model model = new Model(
                new Prior.StandardNormal(latent),
                new Head(new Mlp(latent, List.of(128), pixels, Activation.TANH), new Family.Bernoulli(), pixels));
        Guide guide = new Amortised(
                new Head(new Mlp(pixels, List.of(128), 2 * latent, Activation.TANH), new Family.Normal(), latent));
        Training training = Training.of(model, guide, new Encoding.Binarised());

        try (Run run = training.start(digits, 2)) {
            Step step = run.next();
            while (run.epochs() < 20) {
                step = run.next();
            }
            System.out.printf("training ELBO %.2f nats%n", step.elbo());

            Evaluator trained =
                    new Evaluator(model, run.theta(), guide, run.phi(), training.encoding(), Generator.of(1), 2);
            for (Row row : trained.rows(test, new int[] {0, 1, 2}, 1000, done -> {})) {
                System.out.printf(
                        "row %d: ELBO %.2f ≤ log p(x) = %.2f ± %.2f nats%n",
                        row.index(), row.elbo(), row.logEvidence(), row.logEvidenceError());
            }
        }
        // end
    }
}
