package jensen.dist;

import static jensen.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import jensen.statcheck.SplitMix;
import jensen.tensor.Generator;
import jensen.tensor.Scope;
import jensen.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Mixtures of several components. */
class MixtureTest {
    private Scope scope = new Scope();

    @BeforeEach
    void open() {
        scope = new Scope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /** Of single numbers: parameters {@code [1, M]} of the logits, the means and the logarithms of the variances. */
    static <D extends Distribution> List<Law> laws(Class<D> type, BiFunction<Tensor, DiagonalNormal, D> of) {
        double[][][] parameters = {
            {{0.3, -1, 0.8}, {-2, 0.5, 4}, {-1, 0.4, -2}},
            {{2, 0}, {0, 0.3}, {0, -4}}
        };
        return Arrays.stream(parameters)
                .map(each -> new Law(
                        type,
                        List.of(each),
                        p -> of.apply(
                                p.get(0).select(0, 0),
                                new DiagonalNormal(
                                        p.get(1).transpose(0, 1), p.get(2).transpose(0, 1))),
                        new Law.Interval(-12, 12)))
                .toList();
    }

    static List<Law> laws() {
        return laws(Mixture.class, Mixture::new);
    }

    @ParameterizedTest
    @MethodSource("laws")
    void singleNumbersObeyTheLaws(Law law) {
        LawTest laws = new LawTest();
        laws.integratesToOne(law);
        laws.samplesFollowTheDensity(law);
        laws.meanIsThatOfTheDensityAndOfTheSample(law);
        laws.gradientsOfDensityAndMeanAreTheirDerivatives(law);
        laws.detachedParametersAreConstantsAndNothingElseIs(law);
    }

    private static Tensor normals(long seed, long... shape) {
        long count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        return Tensor.of(new SplitMix(seed).normals((int) count), shape);
    }

    /** Against a loop over data, draws and components, for a batch of mixtures of correlated normals. */
    @Test
    void densitiesAreWeightedSumsOfThoseOfTheComponents() {
        Tensor logits = normals(1, 2, 3);
        LowRankNormal components = new LowRankNormal(normals(2, 2, 3, 4), normals(3, 2, 3, 4), normals(4, 2, 3, 4, 1));
        Tensor x = normals(5, 6, 2, 4);
        double[] found = new Mixture(logits, components).logProb(x).toDoubles();
        double[] pi = logits.softmax(-1).toDoubles();
        assertThat(found).hasSize(12);
        for (int k = 0; k < 6; k++) {
            for (int b = 0; b < 2; b++) {
                double sum = 0;
                for (int m = 0; m < 3; m++) {
                    LowRankNormal one = new LowRankNormal(
                            components.mean().select(0, b).select(0, m),
                            components.logVariance().select(0, b).select(0, m),
                            components.factor().select(0, b).select(0, m));
                    sum += pi[b * 3 + m]
                            * Math.exp(one.logProb(x.select(0, k).select(0, b)).item());
                }
                assertClose("log p", found[k * 2 + b], Math.log(sum), 1e-12);
            }
        }
        assertThat(new Mixture(logits, components).mean().shape()).containsExactly(2, 4);
        assertThat(new Mixture(logits, components).sample(5, Generator.of(1)).shape())
                .containsExactly(5, 2, 4);
    }

    /** All pairs at once by a product of matrices, far from the origin, as one by one. */
    @Test
    void pairsAreWhatEachAloneIs() {
        DiagonalNormal many = new DiagonalNormal(
                normals(1, 30, 5).add(1000), normals(2, 30, 5).add(-3));
        Tensor x = normals(3, 4, 7, 5).add(1000);
        double[] found = many.logProbOfPairs(x).toDoubles();
        double[] expected = many.logProb(x.unsqueeze(-2)).toDoubles();
        assertClose("log p", found, expected, 1e-10);
    }

    /** n = 40,000 in two dimensions: second moments of the draws within five standard errors of those of the mixture. */
    @Test
    void drawsOfAPairKeepItsComponentsTogether() {
        int n = 40_000;
        Tensor mean = Tensor.of(new double[] {3, 3, -3, -3}, 2, 2);
        Mixture mixture = new Mixture(Tensor.of(new double[] {0, 0}, 2), new DiagonalNormal(mean, mean.zerosLike()));
        double[] z = mixture.sample(n, Generator.of(6)).toDoubles();
        double product = 0;
        for (int i = 0; i < n; i++) {
            product += z[2 * i] * z[2 * i + 1] / n;
        }
        // E[z₁ z₂] = 9, and its square's mean is (9 + 1)²
        assertThat(Math.abs(product - 9)).isLessThan(5 * Math.sqrt((100 - 81) / (double) n));
    }

    @Test
    void drawsBelongToTheRowsThatAreNumbered() {
        Mixture mixture = new Mixture(normals(1, 3), new DiagonalNormal(normals(2, 3, 4), normals(3, 3, 4)));
        double[] all = mixture.sample(10, Generator.of(4)).toDoubles();
        double[] two = mixture.sample(2, Generator.of(4).rows(new int[] {7, 1})).toDoubles();
        assertThat(Arrays.copyOfRange(two, 0, 4)).isEqualTo(Arrays.copyOfRange(all, 28, 32));
        assertThat(Arrays.copyOfRange(two, 4, 8)).isEqualTo(Arrays.copyOfRange(all, 4, 8));
    }
}
