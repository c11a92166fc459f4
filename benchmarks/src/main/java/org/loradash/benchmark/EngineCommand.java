package org.loradash.benchmark;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.List;
import java.util.concurrent.Callable;
import org.loradash.benchmark.engine.Engine;
import org.loradash.benchmark.engine.Recipe;
import org.loradash.benchmark.engine.Records;
import org.loradash.benchmark.engine.Steps;
import org.loradash.benchmark.process.Json;
import org.loradash.task.language.TokenBatch;
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
    public Integer call() throws JsonProcessingException {
        Recipe recipe = options.recipe();
        List<TokenBatch> batches = Records.batches(files.model(), files.records(), steps, recipe);
        try (Engine engine = Engine.of(files.load(), recipe)) {
            System.out.println(Json.line(Steps.run(engine, batches, recipe.threads())));
        }
        return 0;
    }
}
