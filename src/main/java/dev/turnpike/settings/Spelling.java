package dev.turnpike.settings;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Suggests the name that was probably meant. */
final class Spelling {
    private Spelling() {}

    /** The known name closest to a misspelt one, with at most about one error in four letters. */
    static Optional<String> nearest(String written, Collection<String> names) {
        int far = Math.max(2, written.length() / 4);
        return names.stream()
                .filter(name -> distance(plain(written), plain(name)) <= far)
                .min(Comparator.comparingInt(name -> distance(plain(written), plain(name))));
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[_.]", "-");
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
