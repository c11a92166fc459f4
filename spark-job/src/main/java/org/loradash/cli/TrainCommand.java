package org.loradash.cli;

import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.loradash.config.Settings;
import org.loradash.spark.application.FileSystemProperties;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code train CONF [--set key=value]...}. */
@Command(
        name = "train",
        description = "Trains an adapter as a configuration file says, or goes on where its run directory stopped.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class TrainCommand implements Runnable {
    private static final String HADOOP_PROPERTY = "spark.hadoop.";

    private final Consumer<Settings> training;

    @Mixin
    private ConfigurationOptions configuration;

    TrainCommand(Consumer<Settings> training) {
        this.training = training;
    }

    @Override
    public void run() {
        training.accept(configuration.settings());
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
