package org.loradash.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.loradash.config.Settings;
import org.loradash.config.SettingsReader;
import org.loradash.spark.EvaluationRequest;
import org.loradash.spark.EvaluationRequest.Subject;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code evaluate CONF [--set key=value]... [--adapter DIRECTORY | --base] [--name NAME | --output DIRECTORY]}. */
@Command(
        name = "evaluate",
        description = "Asks a model the questions of evaluation.data and tells how many it answers rightly: the model"
                + " that the run in run.output has made, or another one. Started again it goes on where it stopped.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class EvaluateCommand implements Runnable {
    private final BiConsumer<Settings, EvaluationRequest> evaluation;

    @Parameters(
            paramLabel = "CONF",
            description = "The run's configuration: a HOCON file, local or on any Hadoop file system.")
    private String configuration;

    @Option(
            names = "--set",
            paramLabel = "key=value",
            description = "A setting that goes before the file's; may be repeated, the last one wins.")
    private final List<String> overrides = new ArrayList<>();

    @ArgGroup
    private Evaluated evaluated = new Evaluated();

    @ArgGroup
    private Place place = new Place();

    /** What is evaluated in place of the run's result. */
    private static final class Evaluated {
        @Option(
                names = "--adapter",
                paramLabel = "DIRECTORY",
                description = "Evaluate this PEFT adapter on the model in model.path.")
        private String adapter;

        @Option(names = "--base", description = "Evaluate the model in model.path as it is.")
        private boolean base;
    }

    /** Where the answers go, in place of evaluation/ in the run's directory. */
    private static final class Place {
        @Option(
                names = "--name",
                paramLabel = "NAME",
                description = "Keep answers and figures in evaluation/NAME of the run's directory, not in evaluation.")
        private String name;

        @Option(
                names = "--output",
                paramLabel = "DIRECTORY",
                description = "Keep them in this directory, on any Hadoop file system.")
        private String output;
    }

    EvaluateCommand(BiConsumer<Settings, EvaluationRequest> evaluation) {
        this.evaluation = evaluation;
    }

    @Override
    public void run() {
        Subject subject = new Subject.Run();
        if (evaluated.adapter != null) {
            subject = new Subject.Adapter(evaluated.adapter);
        } else if (evaluated.base) {
            subject = new Subject.Base();
        }
        EvaluationRequest request =
                new EvaluationRequest(subject, Optional.ofNullable(place.name), Optional.ofNullable(place.output));
        evaluation.accept(new SettingsReader(TrainCommand.hadoop()).read(configuration, overrides), request);
    }
}
