package org.loradash.generate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.adapter.Export;
import org.loradash.adapter.Method;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.config.Settings;
import org.loradash.config.SettingsReader;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.JsonFile;
import org.loradash.tsd.io.ModelPath;
import org.loradash.tsd.source.JobRun;

/**
 * A model and the adapter that goes on it.
 *
 * @param base the model directory that was adapted
 * @param adapter a PEFT adapter directory; nothing where the tuned model is a directory of its own
 * @param model the model directory that is loaded: the base, or after full fine-tuning the trained one
 * @param storage how a run held the weights; nothing where it is no run
 */
public record Tuned(String base, Optional<String> adapter, String model, Optional<Storage> storage) {
    private static final String PEFT = Export.ADAPTER.config();
    private static final String CONFIG = Export.MODEL.config();
    private static final int LONGEST_JSON = 1 << 24;

    /**
     * Finds out what a user means.
     *
     * @param source a run's directory, the configuration file of a run, a PEFT adapter directory or a model directory
     * @param base the model directory that an adapter belongs to, where it is not the one that the source names
     * @throws InvalidInput where it is none of them, or the run has nothing to show yet
     */
    public static Tuned of(String source, Optional<String> base, Configuration hadoop) {
        FileSystem files = FileSystems.of("SOURCE", source, hadoop);
        Path path = FileSystems.path(source);
        try {
            if (!files.exists(path)) {
                throw InvalidInput.of(
                        "SOURCE",
                        source,
                        "must be a run's directory or configuration, an adapter or a model; there is nothing there");
            }
            if (!files.getFileStatus(path).isDirectory()) {
                Settings settings = new SettingsReader(hadoop).read(source, List.of());
                String output = settings.run().output();
                if (!JobRun.isOne(output, hadoop)) {
                    throw InvalidInput.of(
                            source + ": run.output", output, "must be the directory of a run; none has begun there");
                }
                return ofRun(JobRun.open(output, hadoop), output, base, hadoop);
            }
            if (JobRun.isOne(source, hadoop)) {
                return ofRun(JobRun.open(source, hadoop), source, base, hadoop);
            }
            Path found = ModelPath.of("SOURCE", source, hadoop);
            if (files.exists(new Path(found, PEFT))) {
                return ofAdapter(source, base.or(() -> named(files, found)), Optional.empty());
            }
            if (files.exists(new Path(found, CONFIG))) {
                return new Tuned(base.orElse(source), Optional.empty(), source, Optional.empty());
            }
            throw InvalidInput.of(
                    "SOURCE",
                    source,
                    "must be a run's directory (with resolved.conf), an adapter (" + PEFT + ") or a model (" + CONFIG
                            + ")");
        } catch (IOException e) {
            throw new UncheckedIOException(source, e);
        }
    }

    private static Tuned ofRun(JobRun run, String directory, Optional<String> base, Configuration hadoop)
            throws IOException {
        String method = run.settings().get("adapter.method");
        Export export = Method.ALL.stream()
                .filter(known -> known.name().equals(method))
                .findFirst()
                .map(Method::export)
                .orElse(Export.ADAPTER);
        Path result = new Path(FileSystems.path(directory), export.directory());
        FileSystem files = FileSystems.of("SOURCE", directory, hadoop);
        if (!files.exists(new Path(result, export.config()))) {
            throw InvalidInput.of(
                    "SOURCE", directory, "must be a run that has ended; it has no " + result.getName() + "/ yet");
        }
        String model = base.orElseGet(run::model);
        Optional<Storage> storage =
                Optional.ofNullable(run.settings().get("model.storage")).flatMap(Storage::named);
        return export == Export.MODEL
                ? new Tuned(model, Optional.empty(), result.toString(), storage)
                : ofAdapter(result.toString(), Optional.of(model), storage);
    }

    private static Tuned ofAdapter(String directory, Optional<String> base, Optional<Storage> storage) {
        String model = base.orElseThrow(() -> InvalidInput.of(
                directory + "/" + PEFT + ": base_model_name_or_path", "absent", "must be given; or give --model"));
        return new Tuned(model, Optional.of(directory), model, storage);
    }

    private static Optional<String> named(FileSystem files, Path adapter) {
        String name = JsonFile.object(files, new Path(adapter, PEFT), LONGEST_JSON)
                .path("base_model_name_or_path")
                .asText("");
        return name.isEmpty() ? Optional.empty() : Optional.of(name);
    }
}
