package org.loradash.spark.evaluation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.adapter.Export;
import org.loradash.adapter.Method;
import org.loradash.adapter.PeftAdapter;
import org.loradash.config.EvaluationSettings;
import org.loradash.config.ModelSettings;
import org.loradash.config.Settings;
import org.loradash.config.SettingsForEvaluation;
import org.loradash.config.SettingsReader;
import org.loradash.data.tokenizer.Tokenizer;
import org.loradash.evaluate.Answerer;
import org.loradash.evaluate.Identity;
import org.loradash.evaluate.Question;
import org.loradash.evaluate.Questions;
import org.loradash.model.ModelDirectory;
import org.loradash.model.decoder.DecoderShape;
import org.loradash.run.RunDirectory;
import org.loradash.spark.evaluation.EvaluationRequest.Subject;
import org.loradash.spark.source.Located;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.Sha256;

/**
 * What an evaluation is going to do, checked before any long work starts.
 *
 * @param model whole path of the model directory that answers, and how its weights are held
 * @param adapter whole path of the adapter on it
 * @param weights the files that hold the model's weights
 * @param begun the hash of the model that the evaluated run began with; nothing where it does not matter
 * @param identity all of it but the model's hash
 */
record EvaluationPlan(
        ModelSettings model,
        Optional<String> adapter,
        List<Path> weights,
        Optional<String> begun,
        List<Questions> sets,
        Identity identity) {
    private static final String PEFT = Export.ADAPTER.config();

    /** @throws InvalidInput for what is not there or does not fit */
    static EvaluationPlan check(SettingsForEvaluation settings, Subject subject, Configuration hadoop) {
        // First of all: a run that has not ended is the mistake that is made most.
        Found found = locate(settings, subject, hadoop);
        List<Questions> sets = Questions.read(settings.evaluation(), hadoop);
        try (ModelDirectory model = ModelDirectory.open(hadoop, found.model())) {
            DecoderShape decoder = DecoderShape.of(model);
            model.endTokens(decoder.vocabularySize());
            found.adapter().ifPresent(adapter -> PeftAdapter.check(hadoop, model, adapter));
            checkLengths(sets, settings.evaluation(), model, decoder, hadoop);
            return new EvaluationPlan(
                    new ModelSettings(
                            Located.whole("model.path", found.model(), hadoop),
                            settings.model().storage()),
                    found.adapter().map(adapter -> Located.whole("--adapter", adapter, hadoop)),
                    model.weights().files(),
                    found.begun(),
                    sets,
                    identity(settings, found, sets, hadoop));
        } catch (IOException e) {
            throw new UncheckedIOException(found.model(), e);
        }
    }

    /** @param begun the hash of the base model that a run began with */
    private record Found(String model, Optional<String> adapter, Optional<String> begun) {}

    private static Found locate(SettingsForEvaluation settings, Subject subject, Configuration hadoop) {
        String base = settings.model().path();
        if (subject instanceof Subject.Adapter adapter) {
            checkAdapter("--adapter", adapter.directory(), hadoop);
            return new Found(base, Optional.of(adapter.directory()), Optional.empty());
        }
        if (subject instanceof Subject.Base) {
            return new Found(base, Optional.empty(), Optional.empty());
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
            return new Found(run.result(export).toString(), Optional.empty(), Optional.empty());
        }
        checkAdapter("run.output", run.result(export).toString(), hadoop);
        return new Found(
                base,
                Optional.of(run.result(export).toString()),
                Optional.ofNullable(SettingsReader.facts(resolved, "hashes", hadoop)
                        .get(begun.model().path())));
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

    private static void checkLengths(
            List<Questions> sets,
            EvaluationSettings settings,
            ModelDirectory model,
            DecoderShape decoder,
            Configuration hadoop)
            throws IOException {
        try (Tokenizer tokenizer = Tokenizer.open(hadoop, model.path())) {
            for (Questions questions : sets) {
                for (Question question : questions.all()) {
                    checkLength(questions, question, settings, tokenizer, decoder);
                }
            }
        }
    }

    private static void checkLength(
            Questions questions,
            Question question,
            EvaluationSettings settings,
            Tokenizer tokenizer,
            DecoderShape model) {
        Answerer.Size size = Answerer.size(question, tokenizer, settings);
        String where = "%s question %d".formatted(questions.set().title(), question.index());
        if (size.largest() >= model.vocabularySize()) {
            throw InvalidInput.of(
                    where,
                    "token " + size.largest() + " of the tokenizer",
                    "must be from 0 to " + (model.vocabularySize() - 1)
                            + ", the model's vocabulary; tokenizer.json is another model's");
        }
        if (size.tokens() > model.maximumPositions()) {
            throw InvalidInput.of(
                    where,
                    size.tokens() + " tokens with its answer",
                    "must be at most %d, the model's max_position_embeddings".formatted(model.maximumPositions()));
        }
    }

    private static Identity identity(
            SettingsForEvaluation settings, Found subject, List<Questions> sets, Configuration hadoop)
            throws IOException {
        Map<String, String> table = new LinkedHashMap<>(settings.table());
        table.put("adapter", subject.adapter().isPresent() ? "one" : "none");
        table.put(
                "sets", sets.stream().map(questions -> questions.set().title()).collect(Collectors.joining(", ")));
        Map<String, String> hashes = new LinkedHashMap<>();
        hashes.put("tokenizer.json", hash(new Path(FileSystems.path(subject.model()), "tokenizer.json"), hadoop));
        Map<String, String> notes = new LinkedHashMap<>();
        notes.put("model", subject.model());
        if (subject.adapter().isPresent()) {
            String adapter = subject.adapter().get();
            for (String file : List.of(PEFT, "adapter_model.safetensors")) {
                hashes.put(file, hash(new Path(FileSystems.path(adapter), file), hadoop));
            }
            notes.put("adapter", adapter);
        }
        sets.forEach(questions -> hashes.put(questions.set().title(), questions.sha256()));
        return new Identity(table, hashes, notes);
    }

    private static String hash(Path file, Configuration hadoop) throws IOException {
        FileSystem files = file.getFileSystem(hadoop);
        return Sha256.of(files, file);
    }
}
