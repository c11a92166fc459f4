package org.loradash.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import org.apache.hadoop.conf.Configuration;
import org.loradash.config.SettingsForEvaluation;
import org.loradash.config.SettingsReader;
import org.loradash.config.TableSettings;
import org.loradash.run.RunDirectory;
import org.loradash.spark.evaluation.EvaluationRequest.Subject;
import org.loradash.spark.evaluation.PredictionRequest;
import org.loradash.tsd.InvalidInput;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code predict RUN|CONF --input SOURCE --output DIRECTORY [--format parquet|json]}. */
@Command(
        name = "predict",
        description = {
            "Adds to every record what a model says of it: the text that it writes (predicted_text), the class with its score"
                    + " and the probabilities of all (predicted_class, predicted_score, predicted_probabilities), or the number"
                    + " (predicted_value). The records' own columns stay. Records are in the input's order, in files of"
                    + " evaluation.part-size records.",
            "Started again with the same output it asks only what is missing, and leaves the same rows."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class PredictCommand implements Runnable {
    private final BiConsumer<SettingsForEvaluation, PredictionRequest> prediction;

    @Parameters(
            paramLabel = "RUN|CONF",
            description = "The directory of a run that has ended, or a configuration: what train or evaluate takes.")
    private String given;

    @Option(
            names = "--set",
            paramLabel = "key=value",
            description = "A setting that goes before the file's; may be repeated, the last one wins.")
    private final List<String> overrides = new ArrayList<>();

    @Option(
            names = "--input",
            required = true,
            paramLabel = "SOURCE",
            description = "A file, a directory, a pattern of files, or with --source table the name of a table.")
    private String input;

    @Option(
            names = "--source",
            paramLabel = "KIND",
            defaultValue = "auto",
            description = "What the input is: auto (as names end), json, csv, tsv, parquet, orc, avro or table.")
    private String source;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "DIRECTORY",
            description = "Where the files go, on any Hadoop file system.")
    private String output;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "parquet",
            description = "What the files are: parquet or json (default: ${DEFAULT-VALUE}).")
    private String format;

    @Option(
            names = "--adapter",
            paramLabel = "DIRECTORY",
            description = "Predict with this PEFT adapter on the model in model.path.")
    private String adapter;

    @Option(names = "--base", description = "Predict with the model in model.path as it is.")
    private boolean base;

    PredictCommand(BiConsumer<SettingsForEvaluation, PredictionRequest> prediction) {
        this.prediction = prediction;
    }

    @Override
    public void run() {
        PredictionRequest request = new PredictionRequest(
                Subject.of(base, adapter),
                input,
                one("--source", source, TableSettings.Source.values()),
                output,
                one("--format", format, PredictionRequest.Format.values()));
        prediction.accept(settings(), request);
    }

    private SettingsForEvaluation settings() {
        Configuration hadoop = TrainCommand.hadoop();
        SettingsReader reader = new SettingsReader(hadoop);
        List<String> all = new ArrayList<>(overrides);
        all.add("evaluation.by=generation");
        if (RunDirectory.isRun(hadoop, given)) {
            all.add("run.output=\"" + given.replace("\\", "\\\\").replace("\"", "\\\"") + "\"");
            return reader.readForEvaluation(
                    RunDirectory.of(hadoop, given).settings().toString(), all);
        }
        if (!reader.finds(given)) {
            throw InvalidInput.of(
                    "RUN|CONF", given, "must be the directory of a run, with resolved.conf, or a configuration file");
        }
        return reader.readForEvaluation(given, all);
    }

    private static <E extends Enum<E>> E one(String option, String given, E[] all) {
        List<String> names = new ArrayList<>();
        for (E one : all) {
            String name = one.name().toLowerCase(Locale.ROOT);
            if (name.equals(given)) {
                return one;
            }
            names.add(name);
        }
        throw InvalidInput.of(option, given, "must be " + String.join(" or ", names));
    }
}
