package jensen.datasets;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** What someone may have meant by a name that nothing has. */
public final class Suggestion {
    private Suggestion() {}

    /** The nearest of some names, if it is near. */
    public static Optional<String> nearest(String name, Collection<String> known) {
        return known.stream()
                .min(Comparator.comparingInt(other -> distance(other, name)))
                .filter(other -> distance(other, name) <= Math.min(name.length() - 1, Math.max(2, name.length() / 3)));
    }

    /** The end of a message about an unknown name: a suggestion, or nothing. */
    public static String instead(String name, Collection<String> known) {
        return nearest(name, known)
                .map(other -> "; did you mean " + other + "?")
                .orElse("");
    }

    /** The least number of letters to insert, delete or replace (Levenshtein, 1966). */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
