package org.loradash.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.loradash.config.Settings;
import org.loradash.config.SettingsReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code plan CONF [--set key=value]...}. */
@Command(
        name = "plan",
        description =
                "Tells what a configuration would train and what memory that needs, and trains nothing. Of the model only"
                        + " config.json must be there.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class PlanCommand implements Runnable {
    private final Consumer<Settings> planning;

    @Parameters(
            paramLabel = "CONF",
            description = "The configuration: a HOCON file, local or on any Hadoop file system.")
    private String configuration;

    @Option(
            names = "--set",
            paramLabel = "key=value",
            description = "A setting that goes before the file's; may be repeated, the last one wins.")
    private final List<String> overrides = new ArrayList<>();

    PlanCommand(Consumer<Settings> planning) {
        this.planning = planning;
    }

    @Override
    public void run() {
        planning.accept(new SettingsReader(TrainCommand.hadoop()).read(configuration, overrides));
    }
}
