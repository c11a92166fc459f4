package org.loradash.autograd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.loradash.kernel.Tensor;

class ArenaTest {
    private static final int LARGE = 3 << 24;
    private static final Arena SHARED = new Arena();

    @Test
    void afterTheFirstStepOfASizeItAsksForNothing() {
        Arena arena = new Arena();
        step(arena);
        long held = arena.bytesHeld();
        for (int i = 0; i < 5; i++) {
            arena.reset();
            step(arena);
        }
        assertThat(arena.bytesHeld()).isEqualTo(held);
    }

    @Test
    void aSmallerStepAsksForNothing() {
        Arena arena = new Arena();
        step(arena);
        long held = arena.bytesHeld();
        arena.reset();
        arena.take(1, LARGE);
        assertThat(arena.bytesHeld()).isEqualTo(held);
    }

    @Test
    void whatIsReleasedIsTakenAgain() {
        Arena arena = new Arena();
        arena.take(3, 5);
        Arena.Mark mark = arena.mark();
        Tensor first = arena.take(2, 2);
        first.fill(1f);
        arena.release(mark);
        Tensor second = arena.take(2, 2);
        second.fill(2f);
        assertThat(first.toArray()).as("the same memory").containsOnly(2f);
    }

    @Test
    void marksOfAnEarlierSlabGiveLaterSlabsBack() {
        Arena arena = new Arena();
        arena.take(1, 10);
        Arena.Mark mark = arena.mark();
        step(arena);
        long held = arena.bytesHeld();
        arena.release(mark);
        step(arena);
        assertThat(arena.bytesHeld()).isEqualTo(held);
    }

    @Test
    void aTensorLargerThanASlabGetsOneOfItsOwn() {
        Arena arena = new Arena();
        Tensor large = arena.take((1 << 13) + 1, 1 << 13);
        assertThat(large.rows()).isEqualTo((1 << 13) + 1);
        assertThat(arena.bytesHeld()).isEqualTo(large.size() * Float.BYTES);
    }

    @Test
    void knowsTheMostThatWasTakenAtOnce() {
        Arena arena = new Arena();
        arena.take(4, 100);
        arena.reset();
        arena.take(1, 16);
        assertThat(arena.bytesAtMost()).isEqualTo(400 * Float.BYTES);
    }

    @Property(tries = 50)
    void tensorsTakenTogetherDoNotOverlap(
            @ForAll @Size(min = 1, max = 12) List<@IntRange(min = 1, max = 40) Integer> rows) {
        SHARED.reset();
        List<Tensor> taken = rows.stream().map(count -> SHARED.take(count, 3)).toList();
        for (int i = 0; i < taken.size(); i++) {
            taken.get(i).fill(i);
        }
        for (int i = 0; i < taken.size(); i++) {
            assertThat(taken.get(i).toArray()).containsOnly((float) i);
        }
    }

    private static void step(Arena arena) {
        arena.take(1, LARGE);
        arena.take(1, LARGE);
    }

    @Test
    void countsWithoutMemoryWhatItWouldTake() {
        Arena arena = new Arena();
        Arena dry = Arena.withoutMemory();
        for (Arena each : List.of(arena, dry)) {
            each.take(3, 5);
            Arena.Mark mark = each.mark();
            each.take(1000, 70);
            each.release(mark);
            each.take(7, 7);
        }
        assertThat(dry.bytesAtMost()).isEqualTo(arena.bytesAtMost());
        assertThat(dry.bytesHeld()).isEqualTo(arena.bytesHeld());
        arena.free();
    }

    @Test
    void holdsNothingOnceItIsFreed() {
        Arena arena = new Arena();
        arena.take(3, 5).fill(1f);
        assertThat(arena.bytesHeld()).isPositive();
        arena.free();
        assertThat(arena.bytesHeld()).isZero();
        Tensor again = arena.take(2, 2);
        again.fill(3f);
        assertThat(again.toArray()).containsExactly(3, 3, 3, 3);
        arena.free();
    }
}
