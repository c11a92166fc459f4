package org.loradash.benchmark;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.loradash.benchmark.engine.Steps;
import org.loradash.benchmark.engine.Workload;
import org.loradash.benchmark.process.Json;
import org.loradash.config.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code engine MODEL RECORDS}: a few steps of our engine, for {@code race} to set beside others. */
@Command(
        name = "engine",
        description = "Our engine's training steps by themselves; prints one JSON line, as peer/torch_peft.py does.",
        mixinStandardHelpOptions = true)
final class EngineCommand implements Callable<Integer> {
    @Mixin
    private ModelArguments files;

    @Mixin
    private RecipeOptions options;

    @Option(
            names = "--steps",
            defaultValue = "5",
            description = "Steps, the first to warm up (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Override
    public Integer call() throws IOException {
        Settings settings = JobSettings.of(files, options).settings();
        System.out.println(Json.line(Steps.run(Workload.of(settings, steps), options.recipe())));
        return 0;
    }
}
