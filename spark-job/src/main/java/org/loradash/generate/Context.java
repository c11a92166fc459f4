package org.loradash.generate;

import java.util.Arrays;
import java.util.List;

/**
 * What a model has seen of one sequence: how many tokens, and where in each room of the cache those lie that it will attend to,
 * oldest first. Sequences share the slots of what they have in common, and a slot is free when the last of them lets go of it.
 */
final class Context {
    private final List<Held> rooms;
    private int length;

    /** Of no tokens. */
    Context(List<Slots> rooms) {
        this(rooms.stream().map(Held::new).toList(), 0);
    }

    private Context(List<Held> rooms, int length) {
        this.rooms = rooms;
        this.length = length;
    }

    private static final class Held {
        private final Slots all;
        private int[] slots;
        private int count;

        Held(Slots all) {
            this(all, new int[16], 0);
        }

        private Held(Slots all, int[] slots, int count) {
            this.all = all;
            this.slots = slots;
            this.count = count;
        }

        void append(int tokens) {
            if (count + tokens > slots.length) {
                slots = Arrays.copyOf(slots, Math.max(count + tokens, 2 * slots.length));
            }
            for (int i = 0; i < tokens; i++) {
                slots[count++] = all.take();
            }
        }

        /** Lets go of the oldest. */
        void keep(int newest) {
            int passed = Math.max(0, count - newest);
            for (int i = 0; i < passed; i++) {
                all.release(slots[i]);
            }
            count -= passed;
            System.arraycopy(slots, passed, slots, 0, count);
        }

        Held fork() {
            for (int i = 0; i < count; i++) {
                all.share(slots[i]);
            }
            return new Held(all, slots.clone(), count);
        }
    }

    /** Of its tokens so far. */
    int length() {
        return length;
    }

    /** Where tokens lie in a room, of which the first {@link #held} count. */
    int[] slots(int room) {
        return rooms.get(room).slots;
    }

    int held(int room) {
        return rooms.get(room).count;
    }

    /** Its next tokens get slots. */
    void append(int tokens) {
        rooms.forEach(room -> room.append(tokens));
        length += tokens;
    }

    /** Once its newest tokens are computed: lets go of what the next one does not attend to. */
    void slide() {
        rooms.forEach(room -> room.keep(room.all.before()));
    }

    /** Another sequence that begins as this one does. */
    Context fork() {
        return new Context(rooms.stream().map(Held::fork).toList(), length);
    }

    /** Lets go of everything: it is not gone on with. */
    void release() {
        rooms.forEach(room -> room.keep(0));
    }
}
