package org.loradash.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.loradash.config.Settings;
import org.loradash.config.SettingsReader;
import org.loradash.spark.FileSystemProperties;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code train CONF [--set key=value]...}. */
@Command(
        name = "train",
        description = "Trains an adapter as a configuration file says, or goes on where its run directory stopped.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class TrainCommand implements Runnable {
    private static final String HADOOP_PROPERTY = "spark.hadoop.";

    private final Consumer<Settings> training;

    @Parameters(
            paramLabel = "CONF",
            description = "The configuration: a HOCON file, local or on any Hadoop file system.")
    private String configuration;

    @Option(
            names = "--set",
            paramLabel = "key=value",
            description = "A setting that goes before the file's; may be repeated, the last one wins.")
    private final List<String> overrides = new ArrayList<>();

    TrainCommand(Consumer<Settings> training) {
        this.training = training;
    }

    @Override
    public void run() {
        training.accept(new SettingsReader(hadoop()).read(configuration, overrides));
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
