package jensen.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.IntStream;
import jensen.tensor.Generator;
import org.junit.jupiter.api.Test;

class BatchesTest {
    private final Generator rng = Generator.of(3);

    @Test
    void anEpochVisitsEachRowOnce() {
        Batches batches = new Batches(1003, 100, true);
        assertThat(batches.stepsPerEpoch()).isEqualTo(11);
        int[] order = batches.order(4, rng);
        int at = 0;
        for (int step = 0; step < batches.stepsPerEpoch(); step++) {
            assertThat(batches.from(step)).isEqualTo(at);
            at = batches.to(step);
        }
        assertThat(at).isEqualTo(1003);
        assertThat(Arrays.stream(order).sorted())
                .containsExactlyElementsOf(IntStream.range(0, 1003).boxed().toList());
        assertThat(batches.order(4, rng)).isEqualTo(order);
        assertThat(batches.order(5, rng)).isNotEqualTo(order);
        assertThatThrownBy(() -> batches.from(11)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void unshuffledRowsKeepTheirOrder() {
        assertThat(new Batches(5, 2, false).order(9, rng)).containsExactly(0, 1, 2, 3, 4);
        assertThat(new Batches(4, 2, false).stepsPerEpoch()).isEqualTo(2);
    }

    @Test
    void refusesEmptyBatches() {
        assertThatThrownBy(() -> new Batches(5, 0, true)).hasMessage("batch: expected at least 1 row, found 0");
        assertThatThrownBy(() -> new Batches(0, 5, true)).hasMessage("size: expected at least 1 row, found 0");
    }

    @Test
    void splitsIntoDisjointParts() {
        float[] ids = new float[50];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = i;
        }
        Dataset data = Dataset.of("ids", Shape.vector(1), Values.REAL, ids);
        Split split = Split.of(data, 10, 15, rng);
        assertThat(split.train().size()).isEqualTo(25);
        assertThat(split.validation().size()).isEqualTo(10);
        float[] all = new float[50];
        int at = 0;
        for (Dataset part : new Dataset[] {split.train(), split.validation(), split.test()}) {
            for (int row = 0; row < part.size(); row++) {
                part.copyRow(row, all, at++);
            }
        }
        Arrays.sort(all);
        assertThat(all).containsExactly(ids);
        assertThat(Split.of(data, 10, 15, rng).test().sha256())
                .isEqualTo(split.test().sha256());
        assertThat(Split.of(data, 10, 15, Generator.of(4)).test().sha256())
                .isNotEqualTo(split.test().sha256());
        Split given = Split.of(data, split.test(), 10, rng);
        assertThat(given.train().size()).isEqualTo(40);
        assertThat(given.test()).isSameAs(split.test());
        assertThatThrownBy(() -> Split.of(data.rows(0, 2), 1, 1, rng))
                .isInstanceOf(DataException.class)
                .hasMessage("ids: expected 3 rows or more, to train on, for validation and to test on, found 2 rows");
        assertThatThrownBy(() -> Split.of(data.rows(0, 1), split.test(), 1, rng))
                .isInstanceOf(DataException.class)
                .hasMessageEndingWith("found 1 row");
        assertThatThrownBy(() -> Split.of(data, 25, 25, rng)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Split.of(data, split.test(), 50, rng)).hasMessageContaining("from 1 to 49");
    }

    @Test
    void testDataAreOfTheKindOfThoseToTrainOn() {
        Shape shape = new Shape(1, 2, 2);
        Dataset pixels = Dataset.grey("pixels", shape, new byte[] {0, 1, 2, (byte) 255, 0, 0, 0, 0});
        Dataset black = Dataset.of("black", shape, Values.BINARY, new float[4]);
        assertThat(Split.of(pixels, black, 1, rng).test().values()).isEqualTo(Values.GREY);
        Dataset half = Dataset.of("half", shape, Values.UNIT, new float[] {0, 1, 0.5f, 0});
        assertThatThrownBy(() -> Split.of(pixels, half, 1, rng))
                .isInstanceOf(DataException.class)
                .hasMessage("half, row 1, column 3: expected a whole number from 0 to 255, found 0.5");
        Dataset vector = Dataset.of("vector", Shape.vector(4), Values.BINARY, new float[4]);
        assertThatThrownBy(() -> Split.of(pixels, vector, 1, rng))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith("vector: expected data of 1×2×2 as in pixels");
    }
}
