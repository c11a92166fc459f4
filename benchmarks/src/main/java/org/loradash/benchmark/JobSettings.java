package org.loradash.benchmark;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.loradash.autograd.Tape.BlockValues;
import org.loradash.benchmark.engine.Recipe;
import org.loradash.benchmark.process.JobRun;

/**
 * Settings of a run of the job that trains as a recipe says.
 *
 * @param map keys to values as the configuration's syntax has them
 */
record JobSettings(Map<String, String> map) {

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
                .with("training.learning-rate", recipe.learningRate())
                .with("training.schedule", "constant")
                .with("training.recompute", recipe.blockValues() == BlockValues.RECOMPUTED)
                .with("checkpoint.every-rounds", 0)
                .with("spark.ui.enabled", false);
    }

    JobSettings with(String key, Object value) {
        Map<String, String> changed = new LinkedHashMap<>(map);
        changed.put(key, value instanceof String text ? JobRun.quoted(text) : String.valueOf(value));
        return new JobSettings(changed);
    }

    private static String absolute(String path) {
        return path.contains("://") ? path : Path.of(path).toAbsolutePath().toString();
    }
}
