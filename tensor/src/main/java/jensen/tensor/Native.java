package jensen.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** Loads libtorch with the settings that it needs, once, before the first tensor. */
public final class Native {
    private static final List<String> PLATFORMS =
            List.of("linux-x86_64", "macosx-arm64", "macosx-x86_64", "windows-x86_64");

    private static final short AUTOGRAD = torch.DispatchKey.AutogradFunctionality.value;
    private static final short VIEWS = torch.DispatchKey.ADInplaceOrView.value;

    private Native() {}

    /**
     * Loads libtorch; does nothing after the first call.
     *
     * @throws UnsupportedOperationException where there are no natives for this platform, naming those that have them
     */
    public static void load() {
        Loaded.check();
    }

    /** One line on the native layer: its version, the vector instructions in use, and what pins slower ones, if anything. */
    public static String description() {
        load();
        try (PointerScope scope = new PointerScope()) {
            String pinned = System.getenv("OPENBLAS_CORETYPE");
            return "libtorch " + Loader.getVersion("org.bytedeco", "pytorch") + " on " + Loader.getPlatform()
                    + ", " + Loaded.capability() + " kernels"
                    + (pinned == null ? "" : ", BLAS kernels pinned by OPENBLAS_CORETYPE=" + pinned);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Whether there are vectors of 512 bits, and no setting keeps libtorch from them. */
    static boolean hasAvx512() {
        return Loaded.AVX512;
    }

    /**
     * What in this process's settings makes the native layer slower than it is by itself, one line each; empty where nothing
     * does.
     */
    public static List<String> warnings() {
        load();
        List<String> warnings = new ArrayList<>();
        for (String pin : List.of("OPENBLAS_CORETYPE", "ATEN_CPU_CAPABILITY")) {
            String value = System.getenv(pin);
            if (value != null) {
                warnings.add("the environment pins kernels by " + pin + "=" + value
                        + "; unset it to use the fastest that this CPU has");
            }
        }
        if (Pointer.maxPhysicalBytes() > 0) {
            warnings.add("JavaCPP measures the process's memory at every allocation;"
                    + " start Java with -Dorg.bytedeco.javacpp.maxPhysicalBytes=0");
        }
        return List.copyOf(warnings);
    }

    /**
     * Runs with numbers below the normal range (2⁻¹²⁶ in float32) taken as zero on this thread. Processors handle such
     * numbers in microcode, tens of times slower, and importance weights and small gradients are full of them: without
     * this a step of the importance-weighted bound takes several times as long.
     */
    public static void flushingDenormals(Runnable work) {
        load();
        Context.setFlushDenormal(true);
        try {
            work.run();
        } finally {
            Context.setFlushDenormal(false);
        }
    }

    /** Runs without recording operations for differentiation. */
    public static <T> T withoutGradient(Supplier<T> work) {
        return recording(false, work);
    }

    /** Runs with operations recorded for differentiation, within a {@link #withoutGradient}. */
    public static <T> T withGradient(Supplier<T> work) {
        return recording(true, work);
    }

    private static <T> T recording(boolean on, Supplier<T> work) {
        load();
        boolean before = GradMode.is_enabled();
        if (before == on) {
            return work.get();
        }
        record(on);
        try {
            return work.get();
        } finally {
            record(before);
        }
    }

    /**
     * libtorch's guards would do the same, but are native objects to be made and freed. The keys let operations past the layers
     * that would look, in vain, for what to record: a view takes 1.4 µs instead of 2.2.
     */
    private static void record(boolean on) {
        GradMode.set_enabled(on);
        torch.tls_set_dispatch_key_excluded(AUTOGRAD, !on);
        torch.tls_set_dispatch_key_excluded(VIEWS, !on);
    }

    /** Whether operations on this thread are recorded for differentiation. */
    public static boolean recordsGradient() {
        load();
        return GradMode.is_enabled();
    }

    // The failure is kept so that every later call reports it, not only the one that came first.
    @SuppressWarnings("StaticAssignmentOfThrowable")
    private static final class Loaded {
        private static final @Nullable LinkageError FAILURE = attempt();

        static final boolean AVX512 = FAILURE == null && capability().equals("AVX512");

        private static String capability() {
            try (PointerScope scope = new PointerScope()) {
                return torch.get_cpu_capability().getString();
            }
        }

        private static @Nullable LinkageError attempt() {
            // Scopes free native memory, so JavaCPP's own accounting, which locks at every allocation, stays off.
            for (String limit : List.of("org.bytedeco.javacpp.maxBytes", "org.bytedeco.javacpp.maxPhysicalBytes")) {
                if (System.getProperty(limit) == null) {
                    System.setProperty(limit, "0");
                }
            }
            try {
                Loader.load(torch.class);
                // Parallelism is over shards of a batch, so that the number of threads cannot change a sum's order;
                // pools inside the operations would also fight one another over the cores.
                openblas.blas_set_num_threads(1);
                torch.set_num_threads(1);
                return null;
            } catch (LinkageError e) {
                return e;
            }
        }

        static void check() {
            if (FAILURE != null) {
                String platform = Loader.getPlatform();
                throw new UnsupportedOperationException(
                        PLATFORMS.contains(platform)
                                ? "libtorch could not be loaded on " + platform + ": " + FAILURE.getMessage()
                                : "no libtorch natives for this platform, " + platform + "; there are natives for "
                                        + String.join(", ", PLATFORMS),
                        FAILURE);
            }
        }
    }
}
