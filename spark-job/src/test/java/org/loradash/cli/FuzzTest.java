package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Fixtures;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.PeftStart;
import org.loradash.config.ChatSettings;
import org.loradash.config.DataSettings;
import org.loradash.config.GivenSettings;
import org.loradash.config.Labels;
import org.loradash.config.SettingsReader;
import org.loradash.config.SweepReader;
import org.loradash.config.TableSettings;
import org.loradash.config.ValidationSettings;
import org.loradash.data.LabelledTokens;
import org.loradash.data.RecordFile;
import org.loradash.data.RecordReader;
import org.loradash.data.RecordStore;
import org.loradash.data.ShardSummary;
import org.loradash.data.TextRecords;
import org.loradash.data.photo.PhotoFile;
import org.loradash.data.tokenizer.PromptTokenizer;
import org.loradash.data.tokenizer.TextTokenizer;
import org.loradash.data.tokenizer.Tokenizer;
import org.loradash.model.ModelDirectory;
import org.loradash.model.diffusion.PipelineDirectory;
import org.loradash.run.Restart;
import org.loradash.run.RunDirectory;
import org.loradash.task.Examples;
import org.loradash.task.language.NextTokens;
import org.loradash.train.Group;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Sha256;
import org.loradash.tsd.io.TensorFile;
import org.loradash.tsd.io.TensorInfo;
import org.loradash.tsd.source.JobRun;
import org.loradash.tsd.source.Task;

/**
 * Files of every kind, changed at random with fixed seeds, are accepted or refused as a mistake of one line: never another
 * exception, and never more than {@link #MOST_BYTES} allocated.
 */
class FuzzTest {
    private static final long MOST_BYTES = 256L << 20;
    private static final Configuration HADOOP = new Configuration();
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    private Path directory;

    private Workspace workspace;

    @BeforeEach
    void makeWorkspace() throws IOException {
        workspace = new Workspace(directory);
    }

    @FunctionalInterface
    private interface Reading {
        void read() throws IOException;
    }

    @Test
    void configOfAModel() throws IOException {
        fuzz("model/config.json", 400, this::openModel);
    }

    @Test
    void headerOfAModelsWeights() throws IOException {
        fuzzHeader("model/model.safetensors", 400, this::readModel);
    }

    @Test
    void indexOfAModelsShards() throws IOException {
        Files.move(workspace.path("model/model.safetensors"), workspace.path("model/model-1.safetensors"));
        StringBuilder index = new StringBuilder("{\"metadata\": {}, \"weight_map\": {");
        try (ModelWeights weights = new ModelWeights(workspace.path("model/model-1.safetensors"))) {
            weights.names().forEach(name -> index.append("\"%s\": \"model-1.safetensors\", ".formatted(name)));
        }
        index.setLength(index.length() - 2);
        workspace.text("model/model.safetensors.index.json", index.append("}}").toString());
        fuzz("model/model.safetensors.index.json", 300, this::openModel);
    }

    @Test
    void stateDictionaries() throws IOException {
        for (String name : List.of("zip.bin", "sequence.bin")) {
            Files.copy(Fixtures.path("torch/" + name), workspace.path(name));
            fuzz(name, 1000, () -> {
                try (TensorFile file = TensorFile.open(Fixtures.localFiles(), hadoop(name))) {
                    file.tensors().values().forEach(tensor -> read(file, tensor));
                }
            });
        }
    }

    private static void read(TensorFile file, TensorInfo tensor) {
        if (tensor.type().isFloating()) {
            file.readFloats(tensor.name());
        } else {
            file.readLongs(tensor.name());
        }
    }

    @Test
    void tokenizer() throws IOException {
        workspace.instructions();
        fuzz("model/tokenizer.json", 200, () -> {
            try (Tokenizer tokenizer = Tokenizer.open(HADOOP, hadoop("model"))) {
                tokenizer.encode("Below is an instruction \u00e9\u4e2d.");
            }
        });
    }

    @Test
    void tokenizerConfig() throws IOException {
        workspace.instructions();
        fuzz("model/tokenizer_config.json", 100, () -> Tokenizer.open(HADOOP, hadoop("model"))
                .close());
    }

    @ParameterizedTest
    @CsvSource({
        "bert, vocab.txt",
        "roberta, vocab.json",
        "roberta, merges.txt",
        "deberta, spm.model",
        "xlm-roberta, sentencepiece.bpe.model"
    })
    void olderTokenizers(String kind, String file) throws IOException {
        TrainedRun.copy(Fixtures.path("tokenizers/" + kind), workspace.path("tokenizer"));
        // Any text is a vocabulary of words, so that few are refused.
        fuzz(
                "tokenizer/" + file,
                100,
                () -> {
                    try (TextTokenizer tokenizer = TextTokenizer.open(HADOOP, hadoop("tokenizer"), 20)) {
                        tokenizer.encode("Which \u00bd \u00e9\u4e2d?", Optional.of("a\u0301 \uff57 water"));
                    }
                },
                file.equals("vocab.txt") ? 1 : 5);
    }

    @ParameterizedTest
    @CsvSource({
        "pairs, tokenizer.model, LlamaTokenizer",
        "pairs, tokenizer.model, TokenizersBackend",
        "unigram, tokenizer.model, TokenizersBackend",
        "gemma, tokenizer.model, GemmaTokenizer",
        "bytes, vocab.json, Qwen2Tokenizer",
        "bytes, merges.txt, GPT2Tokenizer"
    })
    void decodersTokenizers(String kind, String file, String tokenizerClass) throws IOException {
        TrainedRun.copy(Fixtures.path("tokenizers/decoder-" + kind), workspace.path("tokenizer"));
        workspace.text(
                "tokenizer/tokenizer_config.json",
                "{\"tokenizer_class\": \"" + tokenizerClass + "\", \"add_bos_token\": true}");
        fuzz("tokenizer/" + file, 60, () -> {
            try (Tokenizer tokenizer = Tokenizer.open(HADOOP, hadoop("tokenizer"))) {
                tokenizer.decode(tokenizer.encode("Which \u00bd \u00e9\u4e2d? [INST] a\u0301 \uff57  water"));
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpeg", "gif", "bmp"})
    void photos(String format) throws IOException {
        BufferedImage picture = new BufferedImage(40, 30, BufferedImage.TYPE_3BYTE_BGR);
        picture.setRGB(7, 5, 0xff8040);
        ImageIO.write(picture, format, workspace.path("photo").toFile());
        fuzz("photo", 300, () -> PhotoFile.read(HADOOP, hadoop("photo"), "data.train"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model_index.json",
                "unet/config.json",
                "vae/config.json",
                "text_encoder_2/config.json",
                "scheduler/scheduler_config.json",
                "tokenizer/tokenizer_config.json"
            })
    void configsOfAPipeline(String file) throws IOException {
        TrainedRun.copy(Fixtures.path("golden/sdxl-tiny/model"), workspace.path("pipeline"));
        fuzz("pipeline/" + file, 100, () -> {
            PipelineDirectory pipeline =
                    PipelineDirectory.open(HADOOP, hadoop("pipeline").toString());
            ModelDirectory.open(HADOOP, hadoop("pipeline").toString()).close();
            pipeline.promptEncoder();
            pipeline.autoencoder();
            pipeline.sampler().path(5);
            PromptTokenizer.open(HADOOP, pipeline.folder("tokenizer")).close();
        });
    }

    @Test
    void recordsOfTexts() throws IOException {
        TrainedRun.copy(Fixtures.path("tokenizers/bert"), workspace.path("tokenizer"));
        workspace.text("a.jsonl", "{\"text\": \"sand \\u00e9\", \"label\": 1}\n{\"text\": \"b\", \"label\": \"0\"}\n");
        fuzz("a.jsonl", 200, () -> readTexts("a.jsonl"));
        workspace.text("a.csv", "text,label\n\"sand, \"\"soil\"\"\",1\r\nb,0\n");
        fuzz("a.csv", 200, () -> readTexts("a.csv"));
        workspace.text("a.tsv", "label\ttext\n1\t\"sand\n0\tb\n");
        fuzz("a.tsv", 200, () -> readTexts("a.tsv"));
    }

    private void readTexts(String file) throws IOException {
        DataSettings data =
                GivenSettings.of("data { format = text, cutoff = 32 }").data();
        try (RecordReader<LabelledTokens> reader = TextRecords.reader(
                HADOOP, data, hadoop("tokenizer"), new TextRecords.Limits(400, 2, 64), Optional.of(Labels.of(2)))) {
            reader.read(RecordFile.of(HADOOP, hadoop(file), "data.train"), example -> {});
        }
    }

    @Test
    void configOfAnAdapter() throws IOException {
        Adapter adapter = adapter();
        fuzz("adapter/adapter_config.json", 400, () -> {
            PeftStart.read(Fixtures.localFiles(), hadoop("adapter"), adapter, 1);
            Task.open(workspace.path("adapter").toString(), HADOOP).close();
        });
    }

    @Test
    void headerOfAnAdaptersWeights() throws IOException {
        Adapter adapter = adapter();
        fuzzHeader("adapter/adapter_model.safetensors", 400, () -> {
            PeftStart.read(Fixtures.localFiles(), hadoop("adapter"), adapter, 1);
            Task.open(workspace.path("adapter").toString(), HADOOP).close();
        });
    }

    @Test
    void recordsOfTokens() throws IOException {
        workspace.records(
                """
                {"input_ids": [1, 72, 148, 83], "labels": [-100, 72, 148, 83]}
                {"input_ids": [1, 71, 50], "more": [{"a": 1.5e3}, "b", null, true]}
                """);
        fuzz("data.jsonl", 200, () -> tokenise("data.jsonl"));
    }

    @Test
    void recordsOfInstructions() throws IOException {
        workspace.instructions();
        workspace.text(
                "data.json",
                """
                [{"instruction": "Say yes.", "input": "", "output": "yes"},
                 {"instruction": "Sag ja: \\u00e4\\n", "output": "ja", "more": [1, {"a": null}]}]""");
        fuzz("data.json", 200, () -> tokenise("data.json"));
    }

    @Test
    void settingsOfARun() throws IOException {
        BadRun.begun(workspace);
        TrainedRun.copy(workspace.path("adapter"), workspace.path("run/adapter"));
        String resolved = workspace.path("run/resolved.conf").toString();
        fuzz("run/resolved.conf", 400, () -> {
            new SettingsReader(HADOOP).readWritten(resolved);
            SettingsReader.facts(resolved, "hashes", HADOOP);
        });
        fuzz("run/resolved.conf", 200, () -> {
            try (Task task = Task.open(workspace.path("run").toString(), HADOOP)) {
                JobRun run = task.run().orElseThrow();
                run.model();
                run.epsilon();
                run.settings();
                run.decompositions();
            }
        });
    }

    @Test
    void configurations() throws IOException {
        String right = Files.readString(workspace.path("right.conf"));
        String file = workspace.path("job.conf").toString();
        workspace.text("job.conf", right + "adapter { alpha = 2, alpha = ${adapter.alpha}1 }\n");
        fuzz("job.conf", 300, () -> new SettingsReader(HADOOP).read(file, List.of("adapter.rank=4")));
        workspace.text("job.conf", right + "sweep = [{name = a, adapter.rank = 2}, {name = b}]\n");
        fuzz("job.conf", 200, () -> new SweepReader(HADOOP).read(file, List.of()));
    }

    @Test
    void checkpoint() throws IOException {
        BadRun.measured(workspace, 2, BadRun.PARAMETERS);
        ValidationSettings validation = GivenSettings.of("validation { hold-out = 1, every-rounds = 1, patience = 2 }")
                .validation();
        Adapter adapter = adapter();
        Path written = Files.list(workspace.path("run/checkpoints")).findFirst().orElseThrow();
        Files.move(written, workspace.path("checkpoint"));
        fuzzHeader("checkpoint", 300, () -> {
            byte[] bytes = Files.readAllBytes(workspace.path("checkpoint"));
            Path named = workspace.path("run/checkpoints/step-000000002.%s.safetensors"
                    .formatted(Sha256.of(Fixtures.localFiles(), hadoop("checkpoint"))
                            .substring(0, 32)));
            Files.write(named, bytes);
            try {
                RunDirectory run = RunDirectory.of(HADOOP, workspace.path("run").toString());
                run.checkpoints()
                        .newest(passedOver -> {
                            throw new InvalidInput(passedOver);
                        })
                        .ifPresent(saved -> Restart.check(
                                run.path(),
                                saved,
                                adapter,
                                List.of(new Group("factors", adapter.parameters(), 0, 2e-4, true)),
                                4,
                                validation));
            } finally {
                Files.delete(named);
            }
        });
    }

    @Test
    void boundaryAndMetricsOfARun() throws IOException {
        Workspace.delete(workspace.path("adapter"));
        TrainedRun.copy(Fixtures.path("tsd/run"), workspace.path("run"));
        Reading reading = () -> {
            try (Task task = Task.open(workspace.path("run").toString(), HADOOP)) {
                JobRun run = task.run().orElseThrow();
                run.atBoundary();
                run.tracked().values().forEach(run::trackedDirections);
            }
        };
        fuzzHeader("run/tsd/boundary.safetensors", 200, reading);
        // Of metrics the readable beginning counts, so none is refused.
        fuzz("run/metrics.jsonl", 200, reading, 0);
    }

    private void openModel() throws IOException {
        ModelDirectory.open(HADOOP, workspace.path("model").toString()).close();
    }

    private void readModel() throws IOException {
        try (ModelDirectory model =
                ModelDirectory.open(HADOOP, workspace.path("model").toString())) {
            for (String name : model.weights().names()) {
                model.weights().readFloats(name);
            }
        }
    }

    private Adapter adapter() throws IOException {
        try (ModelDirectory model =
                ModelDirectory.open(HADOOP, workspace.path("model").toString())) {
            List<String> kinds = List.of("q_proj", "k_proj", "v_proj", "up_proj", "down_proj");
            return new Adapter(
                    "lora",
                    4,
                    2,
                    model.targets().stream()
                            .filter(target -> kinds.contains(target.kind()))
                            .toList(),
                    Map.of());
        }
    }

    private void tokenise(String file) throws IOException {
        DataSettings.Format format = file.endsWith("l") ? DataSettings.Format.TOKENS : DataSettings.Format.INSTRUCTION;
        DataSettings data = new DataSettings(
                List.of(file), format, 64, true, false, true, true, TableSettings.USUAL, ChatSettings.USUAL);
        int vocabulary = format == DataSettings.Format.TOKENS ? 150 : 2048;
        ShardSummary summary = Examples.writeShard(
                HADOOP,
                new NextTokens(data, hadoop("model").toString(), vocabulary, 1000),
                "data.train",
                hadoop(file),
                RecordStore.shard(hadoop("tokens"), 0));
        if (summary instanceof ShardSummary.Refused refused) {
            throw new InvalidInput(refused.line());
        }
    }

    private org.apache.hadoop.fs.Path hadoop(String name) {
        return new org.apache.hadoop.fs.Path(workspace.path(name).toUri());
    }

    private void fuzz(String name, int times, Reading reading) throws IOException {
        fuzz(name, times, reading, times / 20);
    }

    private void fuzz(String name, int times, Reading reading, int refusedAtLeast) throws IOException {
        byte[] right = Files.readAllBytes(workspace.path(name));
        int refused = 0;
        for (int seed = 0; seed < times; seed++) {
            Files.write(workspace.path(name), Mutation.of(right, seed));
            refused += attempt(name, seed, reading);
        }
        Files.write(workspace.path(name), right);
        assertThat(attempt(name, -1, reading)).as("the right one").isZero();
        assertThat(refused).as("refused of " + times).isGreaterThanOrEqualTo(refusedAtLeast);
    }

    /** Changes the header, its length included, and now and then something behind it. */
    private void fuzzHeader(String name, int times, Reading reading) throws IOException {
        byte[] right = Files.readAllBytes(workspace.path(name));
        int header = Long.BYTES
                + (int) ByteBuffer.wrap(right).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        int refused = 0;
        for (int seed = 0; seed < times; seed++) {
            byte[] changed = Mutation.of(java.util.Arrays.copyOf(right, header), seed);
            ByteBuffer bytes = ByteBuffer.allocate(changed.length + right.length - header)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .put(changed)
                    .put(right, header, right.length - header);
            boolean fitting = seed % 4 != 0 && changed.length >= Long.BYTES;
            if (fitting) {
                bytes.putLong(0, changed.length - Long.BYTES);
            }
            Files.write(workspace.path(name), bytes.array());
            refused += attempt(name, seed, reading);
        }
        Files.write(workspace.path(name), right);
        assertThat(attempt(name, -1, reading)).as("the right one").isZero();
        assertThat(refused).as("refused of " + times).isPositive();
    }

    /** 1 where it was refused. */
    private int attempt(String name, int seed, Reading reading) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        int refused = 0;
        try {
            reading.read();
        } catch (InvalidInput mistake) {
            refused = 1;
            checkLine(mistake.getMessage());
        } catch (Throwable other) {
            throw new AssertionError(name + ", seed " + seed + ": " + other, other);
        }
        assertThat(THREADS.getCurrentThreadAllocatedBytes() - before)
                .as("bytes allocated for %s, seed %d", name, seed)
                .isLessThan(MOST_BYTES);
        return refused;
    }

    private static void checkLine(String line) {
        assertThat(line).hasSizeLessThan(2200).doesNotContainPattern("[\\p{Cntrl}\\u2028\\u2029]");
    }

    /** The tensors of a file. */
    private record ModelWeights(org.loradash.tsd.io.TensorFile file) implements AutoCloseable {
        ModelWeights(Path path) {
            this(TrainedRun.open(path));
        }

        Iterable<String> names() {
            return file.tensors().keySet();
        }

        @Override
        public void close() {
            file.close();
        }
    }
}
