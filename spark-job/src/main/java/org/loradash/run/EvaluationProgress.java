package org.loradash.run;

import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import org.loradash.tsd.Counted;

/** The line that people watch while a model is evaluated: how many of how many, accuracy so far, time left. */
public final class EvaluationProgress {
    /** What is evaluated. */
    public enum Kind {
        ANSWERS("question", "answered"),
        CLASSES("record", "predicted"),
        VALUES("record", "predicted");

        private final String item;
        private final String done;

        Kind(String item, String done) {
            this.item = item;
            this.done = done;
        }
    }

    private static final Duration BETWEEN_LINES = Duration.ofSeconds(1);

    private final PrintStream out;
    private final Kind kind;
    private final LongSupplier nanoTime;
    private final long total;
    private final long begin;
    private final Map<String, long[]> sets = new LinkedHashMap<>();
    private long soFar = 0;
    private long before = 0;
    private long lastLine;

    /** @param total questions or records of all sets */
    public EvaluationProgress(PrintStream out, Kind kind, long total) {
        this(out, kind, total, System::nanoTime);
    }

    EvaluationProgress(PrintStream out, Kind kind, long total, LongSupplier nanoTime) {
        this.out = out;
        this.kind = kind;
        this.nanoTime = nanoTime;
        this.total = total;
        this.begin = nanoTime.getAsLong();
        this.lastLine = begin - BETWEEN_LINES.toNanos();
    }

    /**
     * Says what is about to happen.
     *
     * @param done how many an earlier attempt has left
     */
    public void begin(int sets, long done) {
        out.println(
                done == 0
                        ? "%s of %s".formatted(Counted.of(total, kind.item), Counted.of(sets, "set"))
                        : "going on: %d of %s are %s".formatted(done, Counted.of(total, kind.item), kind.done));
    }

    /** What an earlier attempt has left; it says nothing of the time that one takes. */
    public synchronized void kept(String set, long count, long correct) {
        add(set, count, correct);
        before += count;
    }

    /** More of a set; tells of it, but not too often. */
    public synchronized void done(String set, long count, long correct) {
        add(set, count, correct);
        long now = nanoTime.getAsLong();
        if (now - lastLine < BETWEEN_LINES.toNanos() && soFar < total) {
            return;
        }
        lastLine = now;
        long[] figures = sets.get(set);
        Duration left = Duration.ofNanos((long) ((double) (now - begin) / (soFar - before) * (total - soFar)));
        String standing = kind == Kind.VALUES
                ? set
                : String.format(
                        Locale.ROOT,
                        "%s %.4f so far (%d of %d)",
                        set,
                        (double) figures[1] / figures[0],
                        figures[1],
                        figures[0]);
        out.println("evaluation %d of %d %s  %s  %s left"
                .formatted(soFar, total, kind.done, standing, Progress.text(left)));
    }

    private void add(String set, long count, long correct) {
        long[] figures = sets.computeIfAbsent(set, first -> new long[2]);
        figures[0] += count;
        figures[1] += correct;
        soFar += count;
    }
}
