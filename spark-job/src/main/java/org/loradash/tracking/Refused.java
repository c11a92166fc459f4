package org.loradash.tracking;

import java.io.IOException;

/** What a tracking server will not take, however often it is asked. The message is one line that says why. */
final class Refused extends IOException {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
        super(message);
    }
}
