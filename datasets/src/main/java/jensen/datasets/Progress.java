package jensen.datasets;

import java.util.OptionalLong;

/** Told how a download goes. */
public interface Progress {
    /** Tells nobody. */
    Progress SILENT = new Progress() {
        @Override
        public void received(String file, long bytes, OptionalLong total) {
            // silent
        }

        @Override
        public void note(String message) {
            // silent
        }
    };

    /** So much of a file is there, of so much where that is known. */
    void received(String file, long bytes, OptionalLong total);

    /** Something that the user should know, on one line. */
    void note(String message);
}
