package org.loradash.spark.application;

import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.loradash.kernel.NativeLibrary;
import org.loradash.tsd.InvalidInput;

/**
 * What tasks are going to use, made for the first time before anything is written that depends on it. A mistake in its files
 * is told as one, and not as a task that fails whoever tries it.
 */
public final class FirstUse {
    private FirstUse() {}

    /** Makes something and keeps it for the process. */
    public interface Use extends Serializable {
        void make();
    }

    /**
     * Makes it in so many tasks at once, for as many processes as take one.
     *
     * @throws InvalidInput the first mistake that one of them met
     */
    public static void of(JavaSparkContext spark, String description, int tasks, Use use) {
        spark.setJobDescription(description);
        List<String> mistakes = spark.parallelize(
                        IntStream.range(0, tasks).boxed().toList(), tasks)
                .map(task -> mistake(use))
                .filter(mistake -> !mistake.isEmpty())
                .collect();
        if (!mistakes.isEmpty()) {
            throw new InvalidInput(mistakes.get(0));
        }
    }

    private static String mistake(Use use) {
        TaskDevice.use();
        NativeLibrary.confineToCallingThread();
        try {
            use.make();
            return "";
        } catch (InvalidInput mistake) {
            return mistake.getMessage();
        }
    }
}
