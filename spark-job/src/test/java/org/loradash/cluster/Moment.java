package org.loradash.cluster;

import static org.awaitility.Awaitility.await;

import java.time.Duration;

/** A moment in a run at which something is to fail. */
final class Moment {
    private Moment() {}

    /** Lets a while pass. */
    static void passes(Duration time) {
        long until = System.nanoTime() + time.toNanos();
        await().atMost(time.plusSeconds(10)).pollInterval(Duration.ofMillis(5)).until(() -> System.nanoTime() >= until);
    }
}
