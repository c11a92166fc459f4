package org.loradash.spark;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.loradash.config.Settings;
import org.loradash.config.Sweep;
import org.loradash.run.RunDirectory;
import org.loradash.run.SweepTable;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runs of a sweep one after another. Each is trained as by itself: a finished one is left alone, and one that was
 * interrupted goes on. One that fails is told in the table, and the others follow.
 */
public final class SweepJob {
    private static final Logger LOG = LoggerFactory.getLogger(SweepJob.class);

    private SweepJob() {}

    /**
     * Runs all members and writes the table after each.
     *
     * @param training what trains, such as {@link TrainingJob#run}
     * @param told what a person is told of a failure, one line
     * @throws SweepFailure after the last member, if some failed
     */
    public static void run(
            Sweep sweep, Consumer<Settings> training, Function<Throwable, String> told, PrintWriter out) {
        Settings first = sweep.members().get(0).settings();
        Configuration hadoop = SparkApplication.hadoop(
                SparkApplication.configuration(first.spark(), first.training().workers()));
        if (RunDirectory.isRun(hadoop, sweep.output())) {
            throw InvalidInput.of(
                    "run.output", sweep.output(), "is a run's directory; a sweep must have one of its own");
        }
        FileSystems.checkDirectory("run.output", sweep.output(), hadoop);
        Map<String, String> failures = new LinkedHashMap<>();
        SweepTable table = null;
        int number = 0;
        for (Sweep.Member member : sweep.members()) {
            number++;
            out.printf("-- run %d of %d: %s%n", number, sweep.members().size(), member.name());
            out.flush();
            try {
                training.accept(member.settings());
            } catch (RuntimeException e) {
                LOG.error("The run {} has failed.", member.name(), e);
                failures.put(member.name(), told.apply(e));
                out.println(member.name() + ": failed: " + told.apply(e));
            }
            table = SweepTable.of(sweep, failures, hadoop);
            table.write(sweep, hadoop);
        }
        out.println();
        out.print(table.text());
        out.printf("%ntable: %s/table.txt and table.html%n", sweep.output());
        out.flush();
        if (!failures.isEmpty()) {
            throw new SweepFailure("%d of %d runs: %s (the same command tries them again)"
                    .formatted(failures.size(), sweep.members().size(), String.join(", ", failures.keySet())));
        }
    }
}
