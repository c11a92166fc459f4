package org.loradash.tsd;

/** Something went wrong that is nobody's mistake in what was given. Its message, one line, says all that there is to say. */
public class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Failure(String message) {
        super(message);
    }
}
