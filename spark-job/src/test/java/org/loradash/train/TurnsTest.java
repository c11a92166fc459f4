package org.loradash.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.loradash.adapter.Adapter;
import org.loradash.kernel.KernelProvider;
import org.loradash.model.Target;

/** Turns, on the lanes that take them. */
class TurnsTest {
    private List<Lane> lanes;

    @BeforeEach
    void openLanes() {
        Adapter adapter = new Adapter("lora", 1, 1, List.of(new Target("target", 0, 2, 2)), Map.of());
        lanes = IntStream.range(0, 3)
                .mapToObj(i -> new Lane("test-lane-" + i, adapter, KernelProvider.best()))
                .toList();
    }

    @AfterEach
    void closeLanes() {
        lanes.forEach(Lane::close);
    }

    @ParameterizedTest
    @CsvSource({"0, 2", "1, 3", "40, 1", "40, 2", "40, 3"})
    void everyPieceIsDoneOnceAndFinishedInOrder(int pieces, int threads) {
        List<Integer> done = Collections.synchronizedList(new ArrayList<>());
        List<Integer> finished = new ArrayList<>();
        Turns turns = new Turns(pieces);
        Lane.runAll(
                lanes.subList(0, threads),
                lane -> turns.takeAll(piece -> {
                    done.add(piece);
                    return () -> finished.add(piece);
                }));
        List<Integer> all = IntStream.range(0, pieces).boxed().toList();
        assertThat(done).containsExactlyInAnyOrderElementsOf(all);
        assertThat(finished).isEqualTo(all);
    }

    @Test
    void aFailureLetsThoseThatWaitForTheirTurnGo() {
        List<Integer> finished = new ArrayList<>();
        CountDownLatch othersAreDone = new CountDownLatch(2);
        Turns turns = new Turns(9);
        assertThatThrownBy(() -> Lane.runAll(
                        lanes,
                        lane -> turns.takeAll(piece -> {
                            if (piece == 0) {
                                await(othersAreDone);
                                throw new ArithmeticException("piece 0");
                            }
                            othersAreDone.countDown();
                            return () -> finished.add(piece);
                        })))
                .isInstanceOf(ArithmeticException.class)
                .hasMessage("piece 0");
        assertThat(finished).isEmpty();
    }

    @Test
    void aFailureInTurnIsThrownToo() {
        Turns turns = new Turns(9);
        assertThatThrownBy(() -> Lane.runAll(
                        lanes,
                        lane -> turns.takeAll(piece -> () -> {
                            if (piece == 4) {
                                throw new ArithmeticException("turn 4");
                            }
                        })))
                .hasMessage("turn 4");
    }

    @Test
    void anErrorOfOneLaneIsThrownOnlyWhenTheOthersHaveStopped() {
        CountDownLatch failing = new CountDownLatch(1);
        AtomicBoolean stopped = new AtomicBoolean();
        assertThatThrownBy(() -> Lane.runAll(lanes, lane -> {
                    if (lane == lanes.get(0)) {
                        failing.countDown();
                        throw new StackOverflowError("lane 0");
                    }
                    await(failing);
                    for (int i = 0; i < 10_000; i++) {
                        Thread.yield();
                    }
                    stopped.set(lane == lanes.get(2) || stopped.get());
                }))
                .isInstanceOf(StackOverflowError.class)
                .hasMessage("lane 0");
        assertThat(stopped).isTrue();
    }

    @Test
    void anInterruptedWaitIsAFailureAndNotALostPiece() {
        Turns turns = new Turns(2);
        AtomicReference<Thread> interrupted = new AtomicReference<>();
        assertThatThrownBy(() -> Lane.runAll(
                        lanes.subList(0, 2),
                        lane -> turns.takeAll(piece -> {
                            if (piece == 0) {
                                // The other lane is idle again once its wait has failed.
                                Awaitility.await()
                                        .until(() -> interrupted.get() != null
                                                && interrupted.get().getState() == Thread.State.WAITING);
                            } else {
                                Thread.currentThread().interrupt();
                                interrupted.set(Thread.currentThread());
                            }
                            return () -> {};
                        })))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("interrupted while piece 1 awaited its turn");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
