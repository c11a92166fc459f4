package org.loradash.spark.evaluation;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.loradash.config.Settings;
import org.loradash.config.SettingsForEvaluation;
import org.loradash.config.Sweep;
import org.loradash.config.SweepReader;
import org.loradash.run.RunDirectory;
import org.loradash.run.SweepTable;
import org.loradash.spark.application.SparkApplication;
import org.loradash.spark.training.TrainingJob;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runs of a sweep one after another, each trained and, where the configuration has questions, evaluated as by itself: a
 * finished one is left alone, and one that was interrupted goes on. One that fails is told in the table, and the others
 * follow.
 */
public final class SweepJob {
    private static final Logger LOG = LoggerFactory.getLogger(SweepJob.class);

    private final Sweep sweep;
    private final Function<Throwable, String> told;
    private final PrintWriter out;
    private final Map<String, String> failures = new LinkedHashMap<>();

    private SweepJob(Sweep sweep, Function<Throwable, String> told, PrintWriter out) {
        this.sweep = sweep;
        this.told = told;
        this.out = out;
    }

    /**
     * Runs all members and writes the tables after each.
     *
     * @param training what trains, such as {@link TrainingJob#run}
     * @param evaluation what evaluates, such as {@link EvaluationJob#run}
     * @param told what a person is told of a failure, one line
     * @throws SweepFailure after the last member, if some failed
     */
    public static void run(
            Sweep sweep,
            Consumer<Settings> training,
            BiConsumer<SettingsForEvaluation, EvaluationRequest> evaluation,
            Function<Throwable, String> told,
            PrintWriter out) {
        new SweepJob(sweep, told, out).run(training, evaluation);
    }

    private void run(Consumer<Settings> training, BiConsumer<SettingsForEvaluation, EvaluationRequest> evaluation) {
        Settings first = sweep.members().get(0).settings();
        Configuration hadoop = SparkApplication.hadoop(SparkApplication.configuration(
                first.spark(), first.training().workers(), first.data().table().source()));
        if (RunDirectory.isRun(hadoop, sweep.output())) {
            throw InvalidInput.of(
                    "run.output", sweep.output(), "is a run's directory; a sweep must have one of its own");
        }
        FileSystems.checkDirectory("run.output", sweep.output(), hadoop);
        // Before the first run: a mistake in the questions must not be found behind hours of training.
        Optional<SweepComparison> comparison =
                SweepComparison.isAskedFor(sweep) ? Optional.of(new SweepComparison(sweep, hadoop)) : Optional.empty();
        comparison.filter(SweepComparison::hasBase).ifPresent(asked -> {
            say("-- the model as it is");
            attempt(SweepReader.BASE, () -> evaluation.accept(SettingsForEvaluation.of(first), asked.base()));
        });
        SweepTable table = null;
        int number = 0;
        for (Sweep.Member member : sweep.members()) {
            say("-- run %d of %d: %s".formatted(++number, sweep.members().size(), member.name()));
            attempt(member.name(), () -> {
                training.accept(member.settings());
                if (comparison.isPresent()) {
                    evaluation.accept(SettingsForEvaluation.of(member.settings()), EvaluationRequest.ofRun());
                }
            });
            table = SweepTable.of(sweep, failures, hadoop);
            table.write(sweep, hadoop);
            comparison.ifPresent(asked -> asked.write(failures.keySet()));
        }
        say("\n" + table.text());
        say("table: %s/table.txt and table.html".formatted(sweep.output()));
        comparison
                .map(asked -> asked.write(failures.keySet()))
                .filter(text -> !text.isEmpty())
                .ifPresent(text -> {
                    say("\n" + text);
                    say("comparison: %s/comparison.txt, comparison.html and comparison.json".formatted(sweep.output()));
                });
        if (!failures.isEmpty()) {
            throw new SweepFailure("%d of %d runs: %s (the same command tries them again)"
                    .formatted(failures.size(), sweep.members().size(), String.join(", ", failures.keySet())));
        }
    }

    private void attempt(String name, Runnable run) {
        try {
            run.run();
        } catch (RuntimeException e) {
            LOG.error("The run {} has failed.", name, e);
            failures.put(name, told.apply(e));
            say(name + ": failed: " + told.apply(e));
        }
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }
}
