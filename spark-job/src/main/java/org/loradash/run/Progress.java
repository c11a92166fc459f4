package org.loradash.run;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import org.loradash.task.Units;
import org.loradash.tsd.Secrets;

/** The line that people watch: step, loss, how much a second, time left. */
public final class Progress {
    private final PrintStream out;
    private final int totalSteps;
    private final Units units;
    private long trainingNanos = 0;
    private int stepsSeen = 0;

    public Progress(PrintStream out, int totalSteps, Units units) {
        this.out = out;
        this.totalSteps = totalSteps;
        this.units = units;
    }

    /** Says what is about to happen. */
    public void say(String message) {
        out.println(Secrets.hidden(message));
    }

    /**
     * A round is done.
     *
     * @param step steps taken so far
     * @param steps of this round
     */
    public void round(String stage, int step, int steps, double loss, double sizePerSecond, double seconds) {
        trainingNanos += (long) (seconds * 1e9);
        stepsSeen += steps;
        Duration left = Duration.ofNanos((long) ((double) trainingNanos / stepsSeen * (totalSteps - step)));
        out.println(String.format(
                Locale.ROOT,
                "%-10s step %d of %d  loss %.4f  %.0f %s/s  %s left",
                stage,
                step,
                totalSteps,
                loss,
                sizePerSecond,
                units.size(),
                text(left)));
    }

    static String text(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds >= 3600) {
            return seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
        }
        return seconds >= 60 ? seconds / 60 + " min " + seconds % 60 + " s" : seconds + " s";
    }
}
