package org.loradash.run;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import org.loradash.tsd.Secrets;

/** The line that people watch: step, loss, tokens a second, time left. */
public final class Progress {
    private final PrintStream out;
    private final int totalSteps;
    private long trainingNanos = 0;
    private int stepsSeen = 0;

    public Progress(PrintStream out, int totalSteps) {
        this.out = out;
        this.totalSteps = totalSteps;
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
    public void round(String stage, int step, int steps, double loss, double tokensPerSecond, double seconds) {
        trainingNanos += (long) (seconds * 1e9);
        stepsSeen += steps;
        Duration left = Duration.ofNanos((long) ((double) trainingNanos / stepsSeen * (totalSteps - step)));
        out.println(String.format(
                Locale.ROOT,
                "%-10s step %d of %d  loss %.4f  %.0f tokens/s  %s left",
                stage,
                step,
                totalSteps,
                loss,
                tokensPerSecond,
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
