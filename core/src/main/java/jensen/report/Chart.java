package jensen.report;

import java.awt.image.BufferedImage;

/** A drawing of numbers, itself a value: the same one as pixels or as SVG. */
public sealed interface Chart permits LineChart, KlBars, Scatter, Plane {

    /** Returns the chart on a white ground, readable at its own size. */
    BufferedImage image();

    /** Returns the chart as one SVG element, whose colours a page may set with CSS variables. */
    String svg();
}
