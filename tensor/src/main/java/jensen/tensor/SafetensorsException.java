package jensen.tensor;

import java.io.IOException;
import java.nio.file.Path;

/** Thrown where a file is not a safetensors file that this library can read. */
public final class SafetensorsException extends IOException {
    SafetensorsException(Path file, String problem) {
        super(file + ": " + problem);
    }
}
