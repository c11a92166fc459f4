package org.loradash.generate;

import java.util.Arrays;

/** What a model has seen of one sequence: where its tokens lie in the cache, oldest first. */
final class Context {
    private int[] slots;
    private int length;

    Context(int[] slots, int length) {
        this.slots = slots;
        this.length = length;
    }

    int[] slots() {
        return slots;
    }

    int length() {
        return length;
    }

    /** The next token lies there. */
    void append(int slot) {
        if (length == slots.length) {
            slots = Arrays.copyOf(slots, Math.max(16, 2 * length));
        }
        slots[length++] = slot;
    }

    /** Another sequence that begins as this one does. */
    Context fork() {
        return new Context(Arrays.copyOf(slots, slots.length), length);
    }
}
