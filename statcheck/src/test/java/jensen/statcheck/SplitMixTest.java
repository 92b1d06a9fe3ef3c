package jensen.statcheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SplitMixTest {
    @Test
    void equalsThePythonStream() {
        for (GoldenFile.Row row :
                GoldenFile.of(SplitMixTest.class, "splitmix.csv").rows()) {
            long seed = row.integer("seed");
            int skip = (int) row.integer("index");
            SplitMix bits = new SplitMix(seed);
            SplitMix uniform = new SplitMix(seed);
            SplitMix normal = new SplitMix(seed);
            normal.normals(skip);
            for (int i = 0; i < skip; i++) {
                bits.bits();
                uniform.uniform();
            }
            assertThat(bits.bits()).isEqualTo(row.integer("bits"));
            assertThat(uniform.uniform()).isEqualTo(row.number("uniform"));
            assertThat(normal.normal()).isCloseTo(row.number("normal"), within(1e-15));
        }
    }

    @Test
    void equalsTheStreamOfTheJdk() {
        SplitMix ours = new SplitMix(-987654321L);
        SplittableRandom theirs = new SplittableRandom(-987654321L);
        for (int i = 0; i < 1000; i++) {
            assertThat(ours.bits()).isEqualTo(theirs.nextLong());
        }
    }
}
