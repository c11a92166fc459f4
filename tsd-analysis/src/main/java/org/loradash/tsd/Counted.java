package org.loradash.tsd;

/** A number with its noun, as people write them: 1 set, 2 sets. */
public final class Counted {
    private Counted() {}

    /** @param noun in the singular, of which the plural has one more s */
    public static String of(long count, String noun) {
        return of(count, noun, noun + "s");
    }

    /**
     * Of a noun whose plural is not made by an s.
     *
     * @param plural of no things, too
     */
    public static String of(long count, String noun, String plural) {
        return count + " " + (count == 1 ? noun : plural);
    }
}
