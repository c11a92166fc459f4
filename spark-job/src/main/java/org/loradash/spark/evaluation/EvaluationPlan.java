package org.loradash.spark.evaluation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.adapter.Export;
import org.loradash.adapter.Method;
import org.loradash.adapter.PeftAdapter;
import org.loradash.config.DataSettings;
import org.loradash.config.ModelSettings;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.config.Settings;
import org.loradash.config.SettingsForEvaluation;
import org.loradash.config.SettingsReader;
import org.loradash.config.TaskInputs;
import org.loradash.config.TaskSettings;
import org.loradash.evaluate.Asking;
import org.loradash.evaluate.Identity;
import org.loradash.model.ModelDirectory;
import org.loradash.model.WeightFiles;
import org.loradash.run.RunDirectory;
import org.loradash.spark.evaluation.EvaluationRequest.Subject;
import org.loradash.spark.source.Located;
import org.loradash.task.Task;
import org.loradash.task.TaskKinds;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.ModelPath;
import org.loradash.tsd.io.Sha256;
import org.loradash.tsd.source.PeftLora;

/**
 * What an evaluation is going to do, checked before any long work starts.
 *
 * @param model whole path of the model directory that answers, and how its weights are held
 * @param adapter whole path of the adapter on it
 * @param weights whole paths of the files that hold the model's weights
 * @param whole whether the model and adapter have all that the task computes with, which an untrained model may lack
 * @param begun the hash of the model that the evaluated run began with; nothing where it does not matter
 * @param examination what it is evaluated on
 * @param identity all of it but the model's hash
 */
record EvaluationPlan(
        ModelSettings model,
        Optional<String> adapter,
        List<Path> weights,
        boolean whole,
        Optional<String> begun,
        Examination examination,
        Identity identity) {
    private static final List<String> TOKENIZERS =
            List.of("tokenizer.json", "tokenizer.model", "vocab.txt", "vocab.json", "merges.txt", "spm.model");
    private static final String PEFT = Export.ADAPTER.config();

    /** @throws InvalidInput for what is not there or does not fit */
    static EvaluationPlan check(SettingsForEvaluation settings, Subject subject, Configuration hadoop) {
        // First of all: a run that has not ended is the mistake that is made most.
        Found found = locate(settings, subject, hadoop);
        ModelSettings located = new ModelSettings(
                Located.whole("model.path", found.model(), hadoop),
                settings.model().storage());
        TaskInputs given = found.run().map(TaskInputs.class::cast).orElse(settings);
        TaskInputs inputs = new Inputs(located, given.task(), given.data());
        try (ModelDirectory files = ModelDirectory.open(hadoop, found.model())) {
            ModelDirectory model = files.as(TaskKinds.model(inputs, files.shape()));
            Task<?, ?> task = TaskKinds.of(inputs).task(inputs, model.shape(), hadoop);
            boolean predicts = !task.figures().isEmpty();
            Asking asking = new Asking(given.data());
            Examination examination = predicts
                    ? TextExamination.check(settings.evaluation(), given.data(), task, hadoop)
                    : QuestionExamination.check(settings.evaluation(), asking, model, hadoop);
            found.adapter().ifPresent(adapter -> PeftAdapter.check(hadoop, model, adapter));
            Optional<InvalidInput> missing = missing(model, found.adapter(), hadoop);
            if (missing.isPresent() && !(subject instanceof Subject.Untrained)) {
                throw missing.get();
            }
            Map<String, String> table = new LinkedHashMap<>(settings.table());
            if (!predicts) {
                table.putAll(asking.table());
            } else {
                table.putAll(found.run()
                        .map(SettingsForEvaluation::of)
                        .orElse(settings)
                        .taskTable());
            }
            return new EvaluationPlan(
                    located,
                    found.adapter().map(adapter -> Located.whole("--adapter", adapter, hadoop)),
                    Located.of(model.weights().files(), model.files()),
                    missing.isEmpty(),
                    found.begun(),
                    examination,
                    identity(table, found, examination, hadoop));
        } catch (IOException e) {
            throw new UncheckedIOException(found.model(), e);
        }
    }

    record Inputs(ModelSettings model, TaskSettings task, DataSettings data) implements TaskInputs {}

    /**
     * What the model's files do not have, an adapter must bring, as the task has it.
     *
     * @return what to say where neither has it
     */
    static Optional<InvalidInput> missing(ModelDirectory model, Optional<String> adapter, Configuration hadoop) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        model.shape().modules().forEach(module -> module.tensors()
                .forEach(tensor -> shapes.put(
                        tensor.name(),
                        tensor.shape().stream().mapToLong(Integer::longValue).toArray())));
        Set<String> brought = new HashSet<>();
        adapter.ifPresent(directory -> {
            try (PeftLora given = PeftLora.open(directory, hadoop)) {
                given.whole().keySet().forEach(name -> given.checkWhole(name, shapes.get(name)));
                brought.addAll(given.whole().keySet());
            }
        });
        return model.shape().missing(new WeightFiles(model.weights(), Storage.FLOAT32)).stream()
                .filter(tensor -> !brought.contains(tensor.name()))
                .findFirst()
                .map(tensor -> InvalidInput.of(
                        "model.path",
                        model.given(),
                        "must have a trained %s of %s, or an adapter that has one"
                                .formatted(tensor.name(), tensor.shape())));
    }

    /**
     * @param begun the hash of the base model that a run began with
     * @param run its settings
     */
    record Found(String model, Optional<String> adapter, Optional<String> begun, Optional<Settings> run) {}

    static Found locate(SettingsForEvaluation settings, Subject subject, Configuration hadoop) {
        String base = settings.model().path();
        if (subject instanceof Subject.Adapter adapter) {
            checkAdapter("--adapter", adapter.directory(), hadoop);
            return new Found(base, Optional.of(adapter.directory()), Optional.empty(), Optional.empty());
        }
        if (subject instanceof Subject.Base || subject instanceof Subject.Untrained) {
            return new Found(base, Optional.empty(), Optional.empty(), Optional.empty());
        }
        String output = EvaluationRequest.run(settings, subject);
        if (!RunDirectory.isRun(hadoop, output)
                || !RunDirectory.of(hadoop, output).isFinished()) {
            throw InvalidInput.of(
                    "run.output",
                    output,
                    "must be the directory of a run that has ended; or give --adapter DIRECTORY or --base");
        }
        RunDirectory run = RunDirectory.of(hadoop, output);
        String resolved = run.settings().toString();
        Settings begun = new SettingsReader(hadoop).read(resolved, List.of());
        Export export = Method.named(begun.adapter().method()).export();
        if (export == Export.MODEL) {
            return new Found(run.result(export).toString(), Optional.empty(), Optional.empty(), Optional.of(begun));
        }
        checkAdapter("run.output", run.result(export).toString(), hadoop);
        return new Found(
                base,
                Optional.of(run.result(export).toString()),
                Optional.ofNullable(SettingsReader.facts(resolved, "hashes", hadoop)
                        .get(begun.model().path())),
                Optional.of(begun));
    }

    private static void checkAdapter(String setting, String directory, Configuration hadoop) {
        try {
            if (!FileSystems.of(setting, directory, hadoop).exists(new Path(FileSystems.path(directory), PEFT))) {
                throw InvalidInput.of(setting, directory, "must be a PEFT adapter's directory; it has no " + PEFT);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(directory, e);
        }
    }

    private static Identity identity(
            Map<String, String> table, Found subject, Examination examination, Configuration hadoop)
            throws IOException {
        table.put("sets", String.join(", ", examination.titles()));
        Identity identity = identity(table, subject, hadoop);
        for (Map.Entry<String, String> set : examination.hashes().entrySet()) {
            identity = identity.withHash(set.getKey(), set.getValue());
        }
        return identity;
    }

    /** What makes what a model says: settings, tokenizer and adapter. */
    static Identity identity(Map<String, String> table, Found subject, Configuration hadoop) throws IOException {
        table.put("adapter", subject.adapter().isPresent() ? "one" : "none");
        Map<String, String> hashes = new LinkedHashMap<>();
        Path model = ModelPath.of("model.path", subject.model(), hadoop);
        for (String file : TOKENIZERS) {
            Path path = new Path(model, file);
            if (path.getFileSystem(hadoop).exists(path)) {
                hashes.put(file, hash(path, hadoop));
            }
        }
        Map<String, String> notes = new LinkedHashMap<>();
        notes.put("model", subject.model());
        if (subject.adapter().isPresent()) {
            String adapter = subject.adapter().get();
            Path directory = ModelPath.of("--adapter", adapter, hadoop);
            Path weights = PeftLora.weights(directory.getFileSystem(hadoop), directory);
            for (Path file : List.of(new Path(directory, PEFT), weights)) {
                hashes.put(file.getName(), hash(file, hadoop));
            }
            notes.put("adapter", adapter);
        }
        return new Identity(table, hashes, notes);
    }

    private static String hash(Path file, Configuration hadoop) throws IOException {
        FileSystem files = file.getFileSystem(hadoop);
        return Sha256.of(files, file);
    }
}
