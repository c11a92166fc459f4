package org.loradash.cli;

import java.util.ArrayList;
import java.util.List;
import org.loradash.config.Settings;
import org.loradash.config.SettingsForEvaluation;
import org.loradash.config.SettingsReader;
import org.loradash.config.Sweep;
import org.loradash.config.SweepReader;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code CONF [--set key=value]...}: where a command's settings come from. */
final class ConfigurationOptions {
    @Parameters(
            paramLabel = "CONF",
            description = "The configuration: a HOCON file, local or on any Hadoop file system.")
    private String configuration;

    @Option(
            names = "--set",
            paramLabel = "key=value",
            description = "A setting that goes before the file's; may be repeated, the last one wins.")
    private final List<String> overrides = new ArrayList<>();

    Settings settings() {
        return reader().read(configuration, overrides);
    }

    SettingsForEvaluation evaluationSettings() {
        return reader().readForEvaluation(configuration, overrides);
    }

    Sweep sweep() {
        return new SweepReader(TrainCommand.hadoop()).read(configuration, overrides);
    }

    private static SettingsReader reader() {
        return new SettingsReader(TrainCommand.hadoop());
    }
}
