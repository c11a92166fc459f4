package org.loradash.cli;

import java.util.Optional;
import java.util.function.BiConsumer;
import org.loradash.config.SettingsForEvaluation;
import org.loradash.spark.evaluation.EvaluationRequest;
import org.loradash.spark.evaluation.EvaluationRequest.Subject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code evaluate CONF [--set key=value]... [--adapter DIRECTORY | --base] [--name NAME | --output DIRECTORY]}. */
@Command(
        name = "evaluate",
        description =
                "Asks a model the questions of evaluation.data and tells how many it answers rightly, or predicts the"
                        + " labels of its records and tells figures of them: the model that the run in run.output has made, or"
                        + " another one. Started again it goes on where it stopped. Of the keys of a configuration it needs model.path,"
                        + " evaluation.data and, without --output, run.output; for labels those of task and data too.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class EvaluateCommand implements Runnable {
    private final BiConsumer<SettingsForEvaluation, EvaluationRequest> evaluation;

    @Mixin
    private ConfigurationOptions configuration;

    @Option(
            names = "--adapter",
            paramLabel = "DIRECTORY",
            description = "Evaluate this PEFT adapter on the model in model.path.")
    private String adapter;

    @Option(names = "--base", description = "Evaluate the model in model.path as it is.")
    private boolean base;

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

    EvaluateCommand(BiConsumer<SettingsForEvaluation, EvaluationRequest> evaluation) {
        this.evaluation = evaluation;
    }

    @Override
    public void run() {
        EvaluationRequest request = new EvaluationRequest(
                Subject.of(base, adapter), Optional.ofNullable(name), Optional.ofNullable(output));
        evaluation.accept(configuration.evaluationSettings(), request);
    }
}
