package org.loradash.reference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.loradash.Fixtures;
import org.loradash.adapter.ModuleChanges;
import org.loradash.adapter.PeftAdapter;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Tape;
import org.loradash.config.Figure;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.config.Settings;
import org.loradash.config.SettingsReader;
import org.loradash.config.ValidationSettings;
import org.loradash.data.RecordFile;
import org.loradash.data.RecordReader;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.model.ModelDirectory;
import org.loradash.model.encoder.Encoder;
import org.loradash.spark.training.TrainingJob;
import org.loradash.spark.training.TrainingPlan;
import org.loradash.task.Task;
import org.loradash.task.TaskKinds;
import org.loradash.task.classification.TextBatch;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsWriter;

/** MiniLM on GLUE's own files, as conf/glue has them: the first loss and what a head from the seed says are transformers'. */
class RealEncoderTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path RECIPES = Path.of("..", "conf", "glue");
    private static final int RECORDS = 32;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "rte, RTE/train.tsv, --text sentence1 --pair sentence2 --label label --classes entailment#not_entailment",
        "mrpc, MRPC/msr_paraphrase_train.txt, --text #1_String --pair #2_String --label Quality --classes 0#1",
        "cola, CoLA/train.tsv, --text 3 --label 1 --no-header --classes 0#1",
        "sst-2, SST-2/train.tsv, --text sentence --label label --classes 0#1"
    })
    void startsWithTheLossAndLogitsOfTransformers(String task, String table, String columns)
            throws IOException, InterruptedException {
        String python = RealModelTest.given("LORADASH_PYTHON").toString();
        Path model = RealModelTest.given("LORADASH_MINILM");
        Path records = RealModelTest.given("LORADASH_GLUE").resolve(table);
        Settings settings = recipe(task, model, records);
        TrainingJob.run(settings);
        Path logits = directory.resolve("logits.safetensors");
        writeLogits(settings, firstLoss(), logits);
        List<String> command = new ArrayList<>(List.of(
                python,
                Fixtures.path("peft/check_encoder.py").toString(),
                model.toString(),
                directory.resolve("run/adapter").toString(),
                records.toString(),
                logits.toString(),
                "--cutoff",
                String.valueOf(settings.data().cutoff())));
        for (String argument : columns.split(" ")) {
            command.add(argument.startsWith("--") ? argument : column(argument));
        }
        Process check = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(check.getInputStream().readAllBytes());
        assertThat(check.waitFor()).as(said).isZero();
    }

    /** One step of the recipe on the first records, none of them held out, with a learning rate that leaves all as it was. */
    private Settings recipe(String task, Path model, Path records) {
        Settings recipe = new SettingsReader(new Configuration())
                .read(
                        RECIPES.resolve("minilm-" + task + ".conf").toString(),
                        List.of(
                                "run.output=" + directory.resolve("run"),
                                "model.path=" + model,
                                "data.train=" + records,
                                "data.shuffle=false",
                                "evaluation.data=" + records,
                                "adapter.method=lora",
                                "training.batch-size=" + RECORDS,
                                "training.steps=1",
                                "training.learning-rate=0",
                                "spark.master=local[2]",
                                "spark.ui.enabled=false"));
        return new Settings(
                recipe.run(),
                recipe.model(),
                recipe.task(),
                recipe.data(),
                recipe.adapter(),
                recipe.dash(),
                recipe.checkpoint(),
                recipe.training(),
                new ValidationSettings(List.of(), 0, 0, 1, Figure.LOSS, 0),
                recipe.evaluation(),
                recipe.tracking(),
                recipe.spark());
    }

    /** An argument as the script takes it: a column's name has spaces, classes stand between commas. */
    private static String column(String argument) {
        return argument.startsWith("#") ? argument.replace('_', ' ') : argument.replace('#', ',');
    }

    private float firstLoss() throws IOException {
        for (String line : Files.readAllLines(directory.resolve("run/metrics.jsonl"))) {
            JsonNode event = JSON.readTree(line);
            if (event.get("event").asText().equals("step")) {
                return (float) event.get("loss").asDouble();
            }
        }
        throw new AssertionError("the run has no step");
    }

    /** What the model says of the first records with the adapter that the run has left: nothing but the head has changed. */
    private void writeLogits(Settings settings, float loss, Path file) throws IOException {
        TextBatch batch = batch(settings);
        Configuration hadoop = new Configuration();
        try (ModelDirectory files = ModelDirectory.open(hadoop, settings.model().path());
                Kernels kernels = KernelProvider.best().open();
                OutputStream out = Files.newOutputStream(file)) {
            ModelDirectory model = files.as(TaskKinds.model(settings, files.shape()));
            Encoder encoder = (Encoder) model.load(Storage.FLOAT32);
            ModuleChanges changes = PeftAdapter.changes(
                    hadoop, model, directory.resolve("run/adapter").toString());
            float[] logits = encoder.outputs(
                            Tape.forward(kernels, new Arena()),
                            batch.tokens(),
                            batch.types(),
                            batch.starts(),
                            changes,
                            0)
                    .value()
                    .toArray();
            SafetensorsWriter.write(
                    out,
                    Map.of(),
                    List.of(
                            NamedTensor.of("logits", logits, RECORDS, logits.length / RECORDS),
                            NamedTensor.of("loss", new float[] {loss}, 1)));
        }
    }

    private static TextBatch batch(Settings settings) throws IOException {
        Configuration hadoop = new Configuration();
        return (TextBatch) first(TrainingPlan.check(settings, hadoop).task(), settings, hadoop);
    }

    private static <E> Object first(Task<E, ?> task, Settings settings, Configuration hadoop) throws IOException {
        List<E> examples = new ArrayList<>();
        String file = settings.data().train().get(0);
        try (RecordReader<E> reader = task.reader(hadoop)) {
            reader.read(RecordFile.of(hadoop, FileSystems.path(file), "data.train"), examples::add);
        }
        return task.batch(examples.subList(0, RECORDS));
    }
}
