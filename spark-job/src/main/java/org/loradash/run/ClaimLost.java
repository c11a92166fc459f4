package org.loradash.run;

import org.loradash.tsd.Failure;

/** A run directory is no longer this driver's to write. The message is one line that says since when and to whom. */
public final class ClaimLost extends Failure {
    private static final long serialVersionUID = 1L;

    ClaimLost(String message) {
        super(message);
    }
}
