package org.loradash.run;

import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/** The line that people watch while questions are answered: how many of how many, accuracy so far, time left. */
public final class AnswerProgress {
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(1);

    private final PrintStream out;
    private final LongSupplier nanoTime;
    private final long total;
    private final long begin;
    private final Map<String, long[]> sets = new LinkedHashMap<>();
    private long answered = 0;
    private long before = 0;
    private long lastLine;

    /** @param total questions of all sets */
    public AnswerProgress(PrintStream out, long total) {
        this(out, total, System::nanoTime);
    }

    AnswerProgress(PrintStream out, long total, LongSupplier nanoTime) {
        this.out = out;
        this.nanoTime = nanoTime;
        this.total = total;
        this.begin = nanoTime.getAsLong();
        this.lastLine = begin - BETWEEN_LINES.toNanos();
    }

    /** Says what is about to happen. */
    public void say(String message) {
        out.println(message);
    }

    /** Answers that an earlier attempt has left; they say nothing of the time that one takes. */
    public synchronized void kept(String set, long count, long correct) {
        add(set, count, correct);
        before += count;
    }

    /** More answers; tells of them, but not too often. */
    public synchronized void answered(String set, long count, long correct) {
        add(set, count, correct);
        long now = nanoTime.getAsLong();
        if (now - lastLine < BETWEEN_LINES.toNanos() && answered < total) {
            return;
        }
        lastLine = now;
        long[] figures = sets.get(set);
        Duration left = Duration.ofNanos((long) ((double) (now - begin) / (answered - before) * (total - answered)));
        out.println(String.format(
                Locale.ROOT,
                "evaluation %d of %d answered  %s %.4f so far (%d of %d)  %s left",
                answered,
                total,
                set,
                (double) figures[1] / figures[0],
                figures[1],
                figures[0],
                Progress.text(left)));
    }

    private void add(String set, long count, long correct) {
        long[] figures = sets.computeIfAbsent(set, first -> new long[2]);
        figures[0] += count;
        figures[1] += correct;
        answered += count;
    }
}
