package org.loradash.tsd;

/**
 * A mistake in what the user gave: a setting, a file, a record. Its message is one line that says what, where and what
 * is allowed; the command prints that line and ends with status 2.
 */
public final class InvalidInput extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final int LONGEST = 2000;

    /** @param message becomes one line, without control characters and passwords, cut when very long */
    public InvalidInput(String message) {
        super(line(message));
    }

    /** @param message likewise */
    public InvalidInput(String message, Throwable cause) {
        super(line(message), cause);
    }

    /**
     * The usual form, for example {@code adapter.rank: -1 (must be positive)}.
     *
     * @param where a configuration key, or a file and the place in it
     * @param what the value found there
     * @param allowed what would have been right
     */
    public static InvalidInput of(String where, Object what, String allowed) {
        return new InvalidInput(where + ": " + what + " (" + allowed + ")");
    }

    /** A text of any origin as one line of a terminal. */
    public static String line(String text) {
        String cut = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + " ...";
        return Secrets.hidden(cut.strip().replaceAll("\\R+\\s*", " ").replaceAll("\\p{Cntrl}", "?"));
    }
}
