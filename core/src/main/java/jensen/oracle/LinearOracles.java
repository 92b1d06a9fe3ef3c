package jensen.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import jensen.data.Batch;
import jensen.data.Dataset;
import jensen.dist.MultivariateNormal;
import jensen.dist.Reparameterised;
import jensen.evaluate.ClosedForm;
import jensen.evaluate.Evaluator;
import jensen.evaluate.Evidence;
import jensen.evaluate.LinearGaussian;
import jensen.evaluate.Quadrature;
import jensen.evaluate.Row;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;

/** The linear-Gaussian model, of which everything is known. */
final class LinearOracles {
    private static final double EXACT = 1e-10;
    private static final double SHIFT = 0.3;
    private static final double FACTOR = 1.7;
    private static final int DATA = 20;
    private static final int DRAWS = 20_000;

    private LinearOracles() {}

    static List<Oracle> all() {
        float[][] x = LinearExample.simulate(DATA, 11);
        Dataset data = LinearExample.data(x);
        int[] rows = IntStream.range(0, DATA).toArray();
        Evaluator evaluator = LinearExample.evaluator(SHIFT, FACTOR, 1);
        List<Oracle> found = new ArrayList<>();
        try (Scope scope = new Scope()) {
            found.addAll(closedForms(evaluator, data, rows, x));
        }
        found.addAll(quadrature(evaluator, data, x));
        found.add(bound(evaluator, data, rows, x));
        return found;
    }

    private static List<Oracle> closedForms(Evaluator evaluator, Dataset data, int[] rows, float[][] x) {
        LinearGaussian model = LinearExample.model();
        Batch batch = evaluator.read(data, rows);
        Reparameterised q = Reparameterised.require(evaluator.posterior(batch));
        MultivariateNormal posterior = model.posterior(batch.x());
        double exact = LinearExample.logEvidence(x[0]);
        double gap = LinearExample.gap(SHIFT, FACTOR);
        double hadamard = 0.5
                * (Math.log(LinearExample.m(0, 0))
                        + Math.log(LinearExample.m(1, 1))
                        - Math.log(LinearExample.determinant()));
        double closed = new ClosedForm()
                .evidence(evaluator, data, new int[] {0}, n -> {})
                .get(0)
                .value();
        double[] z = {0.4, -0.9};
        double bayes = posterior.logProb(Tensor.of(z, 1, 2)).toDoubles()[0];
        return List.of(
                Oracle.close("linear model: log p(x)", exact, closed, EXACT),
                Oracle.close("linear model: ELBO", exact - gap, first(model.elbo(batch.x(), q)), EXACT),
                Oracle.close("linear model: KL(q ‖ p(z|x))", gap, first(model.gap(batch.x(), q)), EXACT),
                Oracle.close(
                        "linear model: gap of the best diagonal q",
                        hadamard,
                        closed - first(model.elbo(batch.x(), model.bestDiagonal(batch.x()))),
                        EXACT),
                Oracle.close(
                        "linear model: gap of full-covariance q",
                        0,
                        closed - first(model.elbo(batch.x(), posterior)),
                        EXACT),
                Oracle.close(
                        "linear model: log p(z|x) at a point", LinearExample.logJoint(x[0], z) - exact, bayes, EXACT));
    }

    private static double first(Tensor values) {
        return values.toDoubles()[0];
    }

    private static List<Oracle> quadrature(Evaluator evaluator, Dataset data, float[][] x) {
        Quadrature quadrature = new Quadrature(1e-10, 1_000_000);
        Evidence evidence =
                quadrature.evidence(evaluator, data, new int[] {1}, n -> {}).get(0);
        double gap =
                quadrature.gap(evaluator, data, new int[] {1}, n -> {}).get(0).value();
        return List.of(
                Oracle.close("quadrature: log p(x)", LinearExample.logEvidence(x[1]), evidence.value(), 1e-8),
                Oracle.close("quadrature: KL(q ‖ p(z|x))", LinearExample.gap(SHIFT, FACTOR), gap, 1e-8));
    }

    /** The bound by draws, with the divergence in closed form: each half would betray a constant that the other lacks. */
    private static Oracle bound(Evaluator evaluator, Dataset data, int[] rows, float[][] x) {
        double expected = 0;
        double found = 0;
        double squares = 0;
        for (Row row : evaluator.rows(data, rows, DRAWS, n -> {})) {
            expected += (LinearExample.logEvidence(x[row.index()]) - LinearExample.gap(SHIFT, FACTOR)) / DATA;
            found += row.elbo() / DATA;
            squares += row.elboError() * row.elboError();
        }
        return Oracle.close("linear model: ELBO by draws", expected, found, 5 * Math.sqrt(squares) / DATA);
    }
}
