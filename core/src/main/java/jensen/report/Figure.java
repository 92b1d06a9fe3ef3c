package jensen.report;

import java.awt.image.BufferedImage;

/** What a report shows with a caption under it. */
public sealed interface Figure {

    /** Returns what the figure shows and how to read it, in a sentence or two. */
    String caption();

    /** A picture, which stays as it is on dark pages. */
    record Picture(BufferedImage image, String caption) implements Figure {}

    /** A chart, drawn in the page's own colours. */
    record Drawing(Chart chart, String caption) implements Figure {}
}
