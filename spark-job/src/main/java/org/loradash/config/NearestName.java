package org.loradash.config;

import java.util.Collection;
import java.util.Comparator;

/** Which known key somebody meant. */
final class NearestName {
    /** What it counts that only the last part or the section is like the known one: two mistyped letters. */
    private static final int ONE_PART = 2;

    private NearestName() {}

    /** The known name with the fewest changes to the given one; the first of several. */
    static String among(Collection<String> known, String given) {
        return known.stream()
                .min(Comparator.comparingInt(name -> distance(given, name)))
                .orElseThrow();
    }

    private static int distance(String given, String name) {
        int part = Math.min(
                changes(lastPart(given), lastPart(name)), changes(given, name.substring(0, name.indexOf('.'))));
        return Math.min(changes(given, name), ONE_PART + part);
    }

    private static String lastPart(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /**
     * Fewest letters put in, left out, replaced or exchanged with their neighbour that make one text the other (the
     * optimal string alignment distance; Damerau 1964, Levenshtein 1966).
     */
    static int changes(String from, String to) {
        int[] beforeLast = new int[to.length() + 1];
        int[] last = new int[to.length() + 1];
        int[] current = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            current[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = last[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(last[j], current[j - 1]));
                boolean exchanged = i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1);
                if (exchanged) {
                    current[j] = Math.min(current[j], 1 + beforeLast[j - 2]);
                }
            }
            int[] free = beforeLast;
            beforeLast = last;
            last = current;
            current = free;
        }
        return last[to.length()];
    }
}
