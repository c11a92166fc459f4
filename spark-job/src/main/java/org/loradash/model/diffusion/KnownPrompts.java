package org.loradash.model.diffusion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.loradash.config.TrainingSettings.Arithmetic;

/**
 * The prompts that a process meets first. What a frozen layer makes of a prompt's states is the same in every step, so a process
 * computes it once for each of these, and for others anew each time.
 */
final class KnownPrompts {
    /** A subject's and its class's, and those of guidance. */
    static final int MOST = 4;

    /** None of them. */
    static final int UNKNOWN = -1;

    private final List<Known> known = new ArrayList<>();

    private record Known(float[] states, Arithmetic arithmetic) {}

    /** The number of a prompt whose states are multiplied so, below {@link #MOST}, or {@link #UNKNOWN}. */
    synchronized int number(float[] states, Arithmetic arithmetic) {
        for (int i = 0; i < known.size(); i++) {
            if (known.get(i).arithmetic() == arithmetic
                    && Arrays.equals(known.get(i).states(), states)) {
                return i;
            }
        }
        if (known.size() == MOST) {
            return UNKNOWN;
        }
        known.add(new Known(states, arithmetic));
        return known.size() - 1;
    }
}
