package org.loradash.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.loradash.autograd.Tape.BlockValues;
import org.loradash.benchmark.engine.Recipe;
import org.loradash.benchmark.process.JobRun;
import org.loradash.benchmark.process.Scratch;
import org.loradash.config.Settings;
import org.loradash.config.SettingsReader;
import org.loradash.tsd.InvalidInput;

/**
 * Settings of a run of the job that trains as a recipe says.
 *
 * @param map keys to values as the configuration's syntax has them
 */
record JobSettings(Map<String, String> map) {

    /** What the options of a command say, whatever else they set among it. */
    static JobSettings of(ModelArguments files, RecipeOptions options) {
        JobSettings settings = of(files.model(), files.records().toString(), options.recipe());
        Map<String, String> all = new LinkedHashMap<>(settings.map);
        for (String given : options.settings()) {
            String[] parts = given.split("=", 2);
            if (parts.length < 2) {
                throw InvalidInput.of("--set", given, "must be key=value");
            }
            all.put(parts[0].strip(), parts[1]);
        }
        return new JobSettings(all);
    }

    /** LoRA without a boundary, records in the file's order, a constant learning rate, no checkpoints between rounds. */
    static JobSettings of(String model, String records, Recipe recipe) {
        return new JobSettings(Map.of())
                .with("model.path", absolute(model))
                .with("data.train", absolute(records))
                .with("data.cutoff", recipe.cutoff())
                .with("data.shuffle", false)
                .with("adapter.method", "lora")
                .with("adapter.rank", recipe.rank())
                .with("adapter.alpha", recipe.alpha())
                .with("training.batch-size", recipe.batch())
                .with("training.steps", 1)
                .with("training.learning-rate", recipe.learningRate())
                .with("training.schedule", "constant")
                .with("training.recompute", recipe.blockValues() == BlockValues.RECOMPUTED)
                .with("training.arithmetic", recipe.arithmetic().name().toLowerCase(Locale.ROOT))
                .with("checkpoint.every-rounds", 0)
                .with("spark.ui.enabled", false);
    }

    JobSettings with(String key, Object value) {
        Map<String, String> changed = new LinkedHashMap<>(map);
        changed.put(key, value instanceof String text ? JobRun.quoted(text) : String.valueOf(value));
        return new JobSettings(changed);
    }

    /** The job's own reading of them. */
    Settings settings() throws IOException {
        try (Scratch scratch = Scratch.make()) {
            String file = JobRun.configure(scratch.path(), map).toString();
            return new SettingsReader(new Configuration()).read(file, List.of());
        }
    }

    private static String absolute(String path) {
        return path.contains("://") ? path : Path.of(path).toAbsolutePath().toString();
    }
}
