package org.loradash.tsd;

/**
 * A mistake in what the user gave: a setting, a file, a record. Its message is one line that says what, where and what
 * is allowed; the command prints that line and ends with status 2.
 */
public final class InvalidInput extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidInput(String message) {
        super(message);
    }

    public InvalidInput(String message, Throwable cause) {
        super(message, cause);
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
}
