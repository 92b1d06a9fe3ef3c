package jensen.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import jensen.data.Dataset;
import jensen.data.Encoding;
import jensen.evaluate.Counted;
import jensen.evaluate.Evaluation;
import jensen.evaluate.Evaluator;
import jensen.model.Amortised;
import jensen.model.Family;
import jensen.model.Guide;
import jensen.model.Head;
import jensen.model.Model;
import jensen.model.PerDatum;
import jensen.model.Refinement;
import jensen.model.SemiAmortised;
import jensen.net.Initialiser;
import jensen.net.Parameters;
import jensen.tensor.DType;
import jensen.tensor.Device;
import jensen.tensor.Generator;
import jensen.train.Examples;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run reports of its test data. */
class FitTest {
    private static final Dataset TEST = Examples.digits().rows(0, 25);
    private static final Refinement CLIMB = new Refinement(5, 2, 0.05);

    private static Evaluator evaluator(String inference) {
        Model model = Examples.model(3, List.of(8), new Family.Bernoulli());
        Head encoder = (Head) ((Amortised) Examples.guide(3, List.of(8))).encoder();
        Guide guide = switch (inference) {
            case "per-datum" -> new PerDatum(encoder.family(), 3, 0, CLIMB);
            case "semi-amortised" -> new SemiAmortised(encoder, CLIMB);
            default -> new Amortised(encoder);
        };
        Generator any = Generator.of(4);
        return Counted.of(new Evaluator(
                model,
                Parameters.start(model.slots(), Initialiser.GLOROT, any, DType.FLOAT64, Device.CPU),
                guide,
                Parameters.start(guide.slots(), Initialiser.GLOROT, any, DType.FLOAT64, Device.CPU),
                new Encoding.AsStored(),
                Generator.of(3),
                2));
    }

    /** The same numbers as when the divergence, the bound and log p(x) each look at q for themselves. */
    @ParameterizedTest
    @ValueSource(strings = {"amortised", "semi-amortised", "per-datum"})
    void theQOfADatumIsFoundOnce(String inference) {
        Evaluator e = evaluator(inference);
        Experiment.Protocol protocol = new Experiment.Protocol(10, 40, 7);
        List<Long> told = Collections.synchronizedList(new ArrayList<>());
        Evaluation found = Fit.evaluate(e, protocol, TEST, new Fit.Observer() {
            @Override
            public void evaluated(long done, long of) {
                told.add(of - done);
            }
        });
        assertThat(Counted.draws(e)).isEqualTo(inference.equals("amortised") ? 0 : 25L * 5 * 2);
        assertThat(Collections.min(told)).isZero();

        Evaluator alone = evaluator(inference);
        int[] all = IntStream.range(0, 25).toArray();
        Evaluation expected = Evaluation.of(
                alone.rows(TEST, all, 7, n -> {}),
                alone.rows(TEST, TEST.spread(10), 40, n -> {}),
                alone.codes(TEST, all),
                64,
                40);
        assertThat(found.elbo()).isCloseTo(expected.elbo(), within(1e-9));
        assertThat(found.kl()).isCloseTo(expected.kl(), within(1e-9));
        assertThat(found.logLikelihood()).isCloseTo(expected.logLikelihood(), within(1e-9));
        assertThat(found.klPerDimension().orElseThrow())
                .containsExactly(expected.klPerDimension().orElseThrow(), within(1e-9));
    }
}
