package org.loradash.cli;

import java.io.PrintWriter;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.loradash.config.Settings;
import org.loradash.config.SettingsForEvaluation;
import org.loradash.spark.application.FileSystemProperties;
import org.loradash.spark.evaluation.EvaluationJob;
import org.loradash.tsd.Secrets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code train CONF [--set key=value]...}. */
@Command(
        name = "train",
        description = "Trains an adapter as a configuration file says, or goes on where its run directory stopped.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class TrainCommand implements Runnable {
    private static final String HADOOP_PROPERTY = "spark.hadoop.";

    private final Consumer<Settings> training;
    private final PrintWriter out;

    @Mixin
    private ConfigurationOptions configuration;

    @Option(
            names = "--evaluate",
            description =
                    "Then ask the questions of evaluation.data, of the model as it is, where it can answer, and of what was trained.")
    private boolean evaluates;

    TrainCommand(Consumer<Settings> training, PrintWriter out) {
        this.training = training;
        this.out = out;
    }

    @Override
    public void run() {
        Settings settings = configuration.settings();
        SettingsForEvaluation evaluation = SettingsForEvaluation.of(settings);
        boolean asksBase = evaluates && EvaluationJob.check(evaluation);
        training.accept(settings);
        if (evaluates) {
            EvaluationJob.runBeforeAndAfter(evaluation, asksBase, this::say);
            if (settings.task().kind().equals("language")) {
                say("next: lora-dash generate %s --instruction \"...\""
                        .formatted(Secrets.hidden(settings.run().output())));
            }
        }
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }

    /** What Spark will make of its {@code spark.hadoop} properties too; the file is read before Spark starts. */
    static Configuration hadoop() {
        Configuration hadoop = new Configuration();
        FileSystemProperties.DEFAULTS.forEach(hadoop::set);
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith(HADOOP_PROPERTY))
                .forEach(name -> hadoop.set(name.substring(HADOOP_PROPERTY.length()), System.getProperty(name)));
        return hadoop;
    }
}
