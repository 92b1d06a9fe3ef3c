package jensen.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import jensen.data.Dataset;
import jensen.data.Shape;
import jensen.data.Values;
import jensen.statcheck.SplitMix;
import jensen.train.Examples;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.junit.jupiter.api.Test;

class CollapseTest {
    /** Independent columns of variance 9, 1 and 0.04, and a model whose noise has variance 0.5: one of two dimensions collapses. */
    @Test
    void aDimensionWhoseEigenvalueIsBelowTheNoiseCollapses() {
        SplitMix stream = new SplitMix(5);
        int n = 4000;
        float[] x = new float[3 * n];
        double[] scale = {3, 0.3, 0.2};
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) (scale[i % 3] * stream.normal());
        }
        Dataset data = Dataset.of("columns", Shape.vector(3), Values.REAL, x);
        LinearExample model = new LinearExample(
                new Array2DRowRealMatrix(new double[][] {{Math.sqrt(8.5), 0}, {0, 0}, {0, 0}}), new double[3], 0.5);
        Collapse found = Collapse.of(
                model.evaluator(1, 7, 1), data, IntStream.range(0, n).toArray());
        Collapse.Linear linear = found.linear().orElseThrow();
        assertThat(linear.collapsed()).isEqualTo(1);
        assertThat(linear.noiseVariance()).isCloseTo(0.5, within(1e-12));
        assertThat(linear.eigenvalues()[0]).isCloseTo(9, within(0.7));
        assertThat(linear.eigenvalues()[1]).isCloseTo(0.09, within(0.01));
        assertThat(found.activeUnits()).isEqualTo(1);
        // the mean of q is √8.5 x/9, whose variance is 8.5/9; the other dimension is the prior
        assertThat(found.variance()[0]).isCloseTo(8.5 / 9, within(0.08));
        assertThat(found.variance()[1]).isZero();
        assertThat(found.kl()[1]).isCloseTo(0, within(1e-12));
        double posterior = 0.5 / 9;
        assertThat(found.kl()[0])
                .isCloseTo(0.5 * (posterior + found.variance()[0] - 1 - Math.log(posterior)), within(0.01));
    }

    @Test
    void otherModelsHaveNoEigenvalues() {
        Collapse found = Collapse.of(AutomaticEvidenceTest.constant(4, -1), Examples.digits(), new int[] {0, 1, 2});
        assertThat(found.linear()).isEmpty();
        assertThat(found.activeUnits()).isZero();
        // KL(N(0, 1/e) ‖ N(0, 1)) in each of four dimensions
        assertThat(found.kl()).hasSize(4).contains(new double[] {0.5 * Math.exp(-1)}, within(1e-6));
    }
}
