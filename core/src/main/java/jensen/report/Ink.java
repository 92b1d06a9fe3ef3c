package jensen.report;

/**
 * A colour by its part in a drawing: on pixels the RGB value, in SVG a CSS variable that falls back to it, so that a page
 * can restyle its drawings for dark screens.
 */
record Ink(String variable, int rgb) {
    static final Ink TEXT = new Ink("--ink", 0x1b1b1b);
    static final Ink MUTED = new Ink("--muted", 0x666666);
    static final Ink RULE = new Ink("--rule", 0xe2e2e2);
    static final Ink FAINT = new Ink("--faint", 0xc4c4c4);
    static final Ink BAR = new Ink("--series-0", 0x3f90da);

    // The ten-colour set of Petroff (2021), arXiv:2107.02270, chosen to be told apart under colour-vision deficiencies;
    // reordered
    // so that two lines in a chart are blue and dark red.
    private static final int[] SET = {
        0x3f90da, 0xbd1f01, 0xffa90e, 0x832db6, 0x92dadd, 0xa96b59, 0x94a4a2, 0xe76300, 0x717581, 0xb9ac70
    };

    /** Returns the colour of the class or series with this index; the set of ten repeats. */
    static Ink of(int index) {
        int i = Math.floorMod(index, SET.length);
        return new Ink("--series-" + i, SET[i]);
    }

    static int distinct() {
        return SET.length;
    }
}
