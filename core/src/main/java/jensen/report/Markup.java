package jensen.report;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text made safe for HTML and SVG. */
final class Markup {
    // A letter is a variable when no letter stands beside it: p in p(x), not in prior.
    private static final Pattern VARIABLE = Pattern.compile("(?<!\\p{L})[a-zA-Zα-ω](?!\\p{L})");
    private static final Pattern SUBSCRIPT = Pattern.compile("_(\\p{L}+|\\d+)");
    private static final Pattern OPERATOR = Pattern.compile("(log|[≥≤=+−,;]) ");
    private static final Pattern FORBIDDEN = Pattern.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ufffe\\uffff]");

    private Markup() {}

    /** Returns the text with what has a meaning in markup escaped, and control characters, which XML forbids, shown as U+FFFD. */
    static String escape(String text) {
        return FORBIDDEN
                .matcher(text)
                .replaceAll("\ufffd")
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /** Returns a formula written as text, such as E_q[log p(x|z)], with single letters in italics and _ as a subscript. */
    static String formula(String text) {
        StringBuilder out = new StringBuilder();
        Matcher subscript = SUBSCRIPT.matcher(text);
        int from = 0;
        while (subscript.find()) {
            out.append(italic(text.substring(from, subscript.start())));
            out.append("<sub>").append(italic(subscript.group(1))).append("</sub>");
            from = subscript.end();
        }
        return out.append(italic(text.substring(from))).toString();
    }

    private static String italic(String text) {
        // On a narrow screen a formula breaks before an operator and nowhere else; bars stand a little off their
        // letters.
        String spaced = OPERATOR.matcher(text).replaceAll("$1\u00a0");
        spaced = spaced.replace("|", "\u202f|\u2060\u202f").replace(" ‖ ", "\u00a0‖\u00a0");
        return VARIABLE.matcher(escape(spaced)).replaceAll("<i>$0</i>");
    }
}
