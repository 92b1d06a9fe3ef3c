package jensen.evaluate;

import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import jensen.data.Dataset;
import jensen.tensor.Scope;

/** The exact log p(x) of linear-Gaussian models. */
public record ClosedForm() implements EvidenceMethod {
    @Override
    public String name() {
        return "closed-form";
    }

    /** @throws IllegalArgumentException if the model is not linear-Gaussian */
    @Override
    public List<Evidence> evidence(Evaluator evaluator, Dataset data, int[] rows, IntConsumer done) {
        LinearGaussian model = LinearGaussian.of(evaluator.model(), evaluator.theta())
                .orElseThrow(() -> new IllegalArgumentException(
                        "closed form: expected an affine decoder, of a normal likelihood with one shared variance, and a"
                                + " standard normal prior, found another model"));
        return evaluator.blocks(rows, Evaluator.BLOCK, done, part -> {
            try (Scope scope = new Scope()) {
                double[] values =
                        model.logEvidence(evaluator.read(data, part).x()).toDoubles();
                return IntStream.range(0, part.length)
                        .mapToObj(i -> new Evidence(part[i], values[i], 0, this, 0, true, Optional.empty()))
                        .toList();
            }
        });
    }
}
