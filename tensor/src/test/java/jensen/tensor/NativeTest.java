package jensen.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

/** Settings are read when natives load, so each case has a process of its own. */
class NativeTest {
    @Test
    void operationsUseOneThreadWhateverTheEnvironment() throws IOException, InterruptedException {
        assertThat(run(Threads.class, Map.of("OMP_NUM_THREADS", "2", "OPENBLAS_NUM_THREADS", "2")))
                .containsExactly("main 1 1", "worker 1 1", "slow settings 0");
    }

    @Test
    void saysWhatSlowsItDown() throws IOException, InterruptedException {
        assertThat(run(
                        Threads.class,
                        Map.of("OPENBLAS_CORETYPE", "Haswell"),
                        "-Dorg.bytedeco.javacpp.maxPhysicalBytes=8g"))
                .hasSize(5)
                .contains("slow settings 2")
                .anyMatch(line -> line.contains("OPENBLAS_CORETYPE=Haswell"))
                .anyMatch(line -> line.contains("-Dorg.bytedeco.javacpp.maxPhysicalBytes=0"));
    }

    @Test
    void namesThePlatformsThatHaveNatives() throws IOException, InterruptedException {
        String line = "no libtorch natives for this platform, linux-arm64;"
                + " there are natives for linux-x86_64, macosx-arm64, macosx-x86_64, windows-x86_64";

        assertThat(run(Absent.class, Map.of(), "-Dorg.bytedeco.javacpp.platform=linux-arm64"))
                .containsExactly(line, line, line, line, line);
    }

    /** Prints how many threads libtorch and BLAS use. */
    static final class Threads {
        private Threads() {}

        public static void main(String[] args) throws InterruptedException {
            Native.load();
            print("main");
            Thread worker = new Thread(() -> print("worker"));
            worker.start();
            worker.join();
            System.out.println("slow settings " + Native.warnings().size());
            Native.warnings().forEach(System.out::println);
        }

        private static void print(String thread) {
            try (Scope scope = new Scope()) {
                Tensor x = Tensor.zeros(DType.FLOAT32, Device.CPU, 300, 300);
                x.matmul(x).exp();
                System.out.println(thread + " " + torch.get_num_threads() + " " + openblas.blas_get_num_threads());
            }
        }
    }

    /** Prints what each way in says where there are no natives. */
    static final class Absent {
        private Absent() {}

        public static void main(String[] args) {
            List<Runnable> ways = List.of(
                    Native::load,
                    Scope::new,
                    Scope::new,
                    () -> Tensor.of(new float[1], 1),
                    () -> Generator.of(1).normal(DType.FLOAT64, Device.CPU, 1, 1));
            for (Runnable way : ways) {
                try {
                    way.run();
                    System.out.println("loaded");
                } catch (UnsupportedOperationException e) {
                    System.out.println(e.getMessage());
                }
            }
        }
    }

    private static List<String> run(Class<?> main, Map<String, String> environment, String... options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment()
                .keySet()
                .removeAll(
                        List.of("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENBLAS_CORETYPE", "ATEN_CPU_CAPABILITY"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(process.waitFor()).isZero();
        return lines;
    }

    @Test
    void numbersBelowTheNormalRangeAreZeroWhereAskedAndOnlyThere() {
        try (Scope scope = new Scope()) {
            Tensor small = Tensor.of(new float[] {1e-38f}, 1);
            float[] inside = {Float.NaN};
            Native.flushingDenormals(() -> inside[0] = small.mul(0.1).toFloats()[0]);
            assertThat(inside[0]).isZero();
            assertThat(small.mul(0.1).toFloats()[0]).isEqualTo(1e-39f);
        }
    }
}
