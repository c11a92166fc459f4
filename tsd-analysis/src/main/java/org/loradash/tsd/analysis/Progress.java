package org.loradash.tsd.analysis;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.loradash.tsd.Counted;

/** Lines on how far a long work is, and how long it will take: about one every five seconds, and one at the end. */
public final class Progress {
    private static final long BETWEEN = Duration.ofSeconds(5).toNanos();

    private final PrintWriter out;
    private final LongSupplier nanoseconds;
    private long total;
    private double work;
    private long count;
    private double done;
    private long began;
    private long said;

    /** Progress that is written there, each line flushed. */
    public Progress(PrintWriter out) {
        this(out, System::nanoTime);
    }

    Progress(PrintWriter out, LongSupplier nanoseconds) {
        this.out = out;
        this.nanoseconds = nanoseconds;
    }

    /** Says something at once. */
    public synchronized void say(String text) {
        out.println("tsd: " + text);
        out.flush();
    }

    /**
     * Begins to count.
     *
     * @param matrices how many there are
     * @param work how much they are together, in any unit
     */
    synchronized void begin(long matrices, double work) {
        this.total = matrices;
        this.work = work;
        count = 0;
        done = 0;
        began = nanoseconds.getAsLong();
        said = began;
    }

    /** One more matrix is done, which was so much of the work. */
    synchronized void advance(double part) {
        count++;
        done += part;
        long now = nanoseconds.getAsLong();
        if (count == total) {
            say("%s in %s".formatted(Counted.of(total, "matrix", "matrices"), text(now - began)));
        } else if (now - said >= BETWEEN) {
            said = now;
            double left = (now - began) * (work - done) / done;
            say("%d of %s, %s left".formatted(count, Counted.of(total, "matrix", "matrices"), text((long) left)));
        }
    }

    static String text(long nanoseconds) {
        long seconds = Math.round(nanoseconds / 1e9);
        if (seconds < 60) {
            return seconds + " s";
        }
        return seconds < 3600
                ? seconds / 60 + " min " + seconds % 60 + " s"
                : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
    }
}
