package jensen.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A run of bytes of any length, mapped from a file or held in memory, in pieces that one buffer can address. */
final class Chunks {
    private static final int CHUNK = 1 << 30; // a multiple of every element's size
    private static final int TRUSTED = 1 << 26; // what a header may claim before there is anything to show for it

    private final List<ByteBuffer> pieces;

    private Chunks(List<ByteBuffer> pieces) {
        this.pieces = pieces;
    }

    /** Maps {@code length} bytes of a file; it stays mapped for as long as this is in use. */
    static Chunks map(Path file, long offset, long length, ByteOrder order) throws IOException {
        List<ByteBuffer> pieces = new ArrayList<>();
        try (FileChannel channel = FileChannel.open(file)) {
            for (long at = 0; at < length; at += CHUNK) {
                pieces.add(channel.map(MapMode.READ_ONLY, offset + at, Math.min(CHUNK, length - at))
                        .order(order));
            }
        }
        return new Chunks(pieces);
    }

    /** Reads up to {@code length} bytes: fewer if the stream ends before. */
    static Chunks read(InputStream in, long length, ByteOrder order) throws IOException {
        List<ByteBuffer> pieces = new ArrayList<>();
        for (long at = 0; at < length; at += CHUNK) {
            int wanted = (int) Math.min(CHUNK, length - at);
            ByteBuffer piece;
            if (wanted <= TRUSTED) {
                byte[] bytes = new byte[wanted];
                piece = ByteBuffer.wrap(bytes, 0, in.readNBytes(bytes, 0, wanted));
            } else {
                piece = ByteBuffer.wrap(in.readNBytes(wanted));
            }
            pieces.add(piece.order(order));
            if (piece.limit() < wanted) {
                break;
            }
        }
        return new Chunks(pieces);
    }

    /** The number of bytes. */
    long length() {
        return pieces.stream().mapToLong(ByteBuffer::limit).sum();
    }

    /** Converts {@code n} neighbouring entries, the first of which is entry {@code index}. */
    void copy(Element element, long index, int n, float[] to, int offset) {
        int done = 0;
        while (done < n) {
            long position = (index + done) * element.bytes;
            int at = (int) (position % CHUNK);
            int run = Math.min(n - done, (CHUNK - at) / element.bytes);
            element.copy(pieces.get((int) (position / CHUNK)), at, run, to, offset + done);
            done += run;
        }
    }
}
