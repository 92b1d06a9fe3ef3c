package jensen.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** A file that is there completely or not at all. */
final class WholeFile {
    private WholeFile() {}

    /** Writes beside the target, then moves into place, replacing what was there; on failure the target is as before. */
    static void write(Path target, byte[] bytes) throws IOException {
        // A random sibling rather than Files.createTempFile, whose files only their owner may read.
        Path beside = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            Files.write(beside, bytes);
            Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(beside);
        }
    }
}
