package org.loradash.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TeamTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void everyPartIsComputedOnceBeforeRunReturns(int members) {
        try (Team team = new Team(members)) {
            for (int parts = 1; parts < 200; parts++) {
                AtomicIntegerArray computed = new AtomicIntegerArray(parts);
                team.run(parts, (member, part) -> computed.incrementAndGet(part));
                for (int part = 0; part < parts; part++) {
                    assertThat(computed.get(part))
                            .as("part %d of %d", part, parts)
                            .isOne();
                }
            }
        }
    }

    @Test
    void membersThatFellAsleepWakeForTheNextJob() {
        try (Team team = new Team(2)) {
            Thread helper = helper(team);
            Awaitility.await().until(() -> helper.getState() == Thread.State.WAITING);
            Thread[] computedBy = new Thread[2];
            // Either part ends only when the other has begun, so one thread alone could not do both.
            AtomicIntegerArray begun = new AtomicIntegerArray(2);
            team.run(2, (member, part) -> {
                computedBy[member] = Thread.currentThread();
                begun.set(part, 1);
                Awaitility.await().until(() -> begun.get(1 - part) == 1);
            });
            assertThat(computedBy).containsExactly(Thread.currentThread(), helper);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void whatAPartThrowsIsThrownAndTheNextJobRuns(int members) {
        try (Team team = new Team(members)) {
            assertThatThrownBy(() -> team.run(8, (member, part) -> {
                        if (part == 5) {
                            throw new ArithmeticException("part 5");
                        }
                    }))
                    .isInstanceOf(ArithmeticException.class)
                    .hasMessage("part 5");
            AtomicIntegerArray computed = new AtomicIntegerArray(8);
            team.run(8, (member, part) -> computed.incrementAndGet(part));
            assertThat(computed).hasToString("[1, 1, 1, 1, 1, 1, 1, 1]");
        }
    }

    @Test
    void aClosedTeamsHelpersEnd() {
        Team team = new Team(2);
        Thread helper = helper(team);
        team.close();
        Awaitility.await().until(() -> !helper.isAlive());
    }

    private static Thread helper(Team team) {
        Thread[] helper = new Thread[1];
        AtomicIntegerArray begun = new AtomicIntegerArray(2);
        team.run(2, (member, part) -> {
            helper[0] = member == 1 ? Thread.currentThread() : helper[0];
            begun.set(part, 1);
            Awaitility.await().until(() -> begun.get(1 - part) == 1);
        });
        return helper[0];
    }
}
