package org.loradash.run;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.loradash.tsd.Counted;

/** The line that people watch while a model predicts: how many rows of how many, how fast, time left. */
public final class PredictionProgress {
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(1);

    private final PrintStream out;
    private final LongSupplier nanoTime;
    private final long rows;
    private final long before;
    private final long begin;
    private long soFar;
    private long lastLine;

    /**
     * @param rows all
     * @param missing of them; an earlier attempt has left the others
     */
    public PredictionProgress(PrintStream out, long rows, long missing) {
        this(out, rows, missing, System::nanoTime);
    }

    PredictionProgress(PrintStream out, long rows, long missing, LongSupplier nanoTime) {
        this.out = out;
        this.nanoTime = nanoTime;
        this.rows = rows;
        this.before = rows - missing;
        this.soFar = before;
        this.begin = nanoTime.getAsLong();
        this.lastLine = begin - BETWEEN_LINES.toNanos();
        out.println(
                before == 0
                        ? Counted.of(rows, "row")
                        : "going on: %d of %s are predicted".formatted(before, Counted.of(rows, "row")));
    }

    /** More rows; tells of them, but not too often. */
    public synchronized void done(long more) {
        soFar += more;
        long now = nanoTime.getAsLong();
        if (now - lastLine < BETWEEN_LINES.toNanos() && soFar < rows) {
            return;
        }
        lastLine = now;
        double perSecond = (soFar - before) / Math.max(1e-9, (now - begin) / 1e9);
        Duration left = Duration.ofMillis((long) (1000 * (rows - soFar) / perSecond));
        out.println(String.format(
                Locale.ROOT,
                "prediction %d of %s  %.1f rows/s  %s left",
                soFar,
                Counted.of(rows, "row"),
                perSecond,
                Progress.text(left)));
    }
}
