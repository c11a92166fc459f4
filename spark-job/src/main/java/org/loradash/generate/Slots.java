package org.loradash.generate;

import java.util.OptionalInt;
import org.loradash.autograd.KeyValueCache;

/** The slots of one room of a cache: how many sequences attend to the token in each, and which are free, longest free first. */
final class Slots {
    private final OptionalInt window;
    private final int[] attending;
    private final int[] free;
    private int firstFree = 0;
    private int freeCount;

    Slots(KeyValueCache.Room room) {
        window = room.window();
        attending = new int[room.slots()];
        free = new int[room.slots()];
        for (int slot = 0; slot < free.length; slot++) {
            free[slot] = slot;
        }
        freeCount = free.length;
    }

    /** How many tokens before it a token attends to. */
    int before() {
        return window.orElse(Integer.MAX_VALUE) - 1;
    }

    /** A slot for a token of one sequence. */
    int take() {
        if (freeCount == 0) {
            throw new IllegalStateException("slots: all %d are in use (must be more)".formatted(free.length));
        }
        int slot = free[firstFree];
        firstFree = (firstFree + 1) % free.length;
        freeCount--;
        attending[slot] = 1;
        return slot;
    }

    /** One more sequence attends to a slot's token. */
    void share(int slot) {
        attending[slot]++;
    }

    /** One sequence attends to a slot's token no longer. */
    void release(int slot) {
        if (--attending[slot] == 0) {
            free[(firstFree + freeCount++) % free.length] = slot;
        }
    }
}
