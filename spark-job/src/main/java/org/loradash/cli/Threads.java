package org.loradash.cli;

import org.loradash.tsd.InvalidInput;

/** Threads of a command that computes without Spark. */
final class Threads {
    private static final int MOST = 1024;

    private Threads() {}

    /** @param given by the user; null: as many as processors */
    static int of(Integer given) {
        if (given == null) {
            return Runtime.getRuntime().availableProcessors();
        }
        if (given < 1 || given > MOST) {
            throw InvalidInput.of("--threads", given, "must be from 1 to " + MOST);
        }
        return given;
    }
}
