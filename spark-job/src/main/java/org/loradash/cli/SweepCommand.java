package org.loradash.cli;

import java.io.PrintWriter;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.loradash.config.Settings;
import org.loradash.config.SettingsForEvaluation;
import org.loradash.spark.evaluation.EvaluationRequest;
import org.loradash.spark.evaluation.SweepJob;
import org.loradash.tsd.cli.CommandRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code sweep CONF [--set key=value]...}. */
@Command(
        name = "sweep",
        description =
                "Trains the runs of a configuration's list sweep one after another and makes one table of them; with"
                        + " evaluation.data it evaluates each, and compares them. Started again it goes on where it stopped.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class SweepCommand implements Runnable {
    private final Consumer<Settings> training;
    private final BiConsumer<SettingsForEvaluation, EvaluationRequest> evaluation;
    private final PrintWriter out;

    @Mixin
    private ConfigurationOptions configuration;

    SweepCommand(
            Consumer<Settings> training,
            BiConsumer<SettingsForEvaluation, EvaluationRequest> evaluation,
            PrintWriter out) {
        this.training = training;
        this.evaluation = evaluation;
        this.out = out;
    }

    @Override
    public void run() {
        SweepJob.run(configuration.sweep(), training, evaluation, CommandRun::told, out);
    }
}
