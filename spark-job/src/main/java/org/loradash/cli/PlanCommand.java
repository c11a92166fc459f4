package org.loradash.cli;

import java.util.function.Consumer;
import org.loradash.config.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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

    @Mixin
    private ConfigurationOptions configuration;

    PlanCommand(Consumer<Settings> planning) {
        this.planning = planning;
    }

    @Override
    public void run() {
        planning.accept(configuration.settings());
    }
}
