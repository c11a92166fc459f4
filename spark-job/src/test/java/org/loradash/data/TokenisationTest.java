package org.loradash.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.config.ChatSettings;
import org.loradash.config.DataSettings;
import org.loradash.config.GivenSettings;
import org.loradash.config.TableSettings;
import org.loradash.data.ShardSummary.Refused;
import org.loradash.data.ShardSummary.Written;
import org.loradash.data.tokenizer.Tokenizer;
import org.loradash.task.Examples;
import org.loradash.task.language.NextTokens;

class TokenisationTest {
    private static final Configuration CONFIGURATION = new Configuration();
    private static final String TWO_RECORDS =
            """
            {"instruction": "Which is larger?", "input": "1 and 2", "output": "answer2"}
            {"instruction": "Which is larger?", "output": "the correct answer is answer2"}
            """;

    @TempDir
    Path directory;

    @Test
    void writesInstructionRecordsAsAShard() throws IOException {
        Path file = Files.writeString(directory.resolve("records.json"), TWO_RECORDS);
        ShardSummary summary = writeShard(file, instructions(256, false), 1000);

        InstructionRecord first = new InstructionRecord("Which is larger?", "1 and 2", "answer2");
        InstructionRecord second = new InstructionRecord("Which is larger?", "", "the correct answer is answer2");
        try (Tokenizer tokenizer = Tokenizer.open(CONFIGURATION, Fixtures.hadoop(Fixtures.resource("byte-level")));
                RecordStore<Sequence> store = store()) {
            assertThat(store.records()).isEqualTo(2);
            assertThat(store.read(0)).isEqualTo(Tokenisation.sequence(tokenizer, first, instructions(256, false)));
            assertThat(store.read(1)).isEqualTo(Tokenisation.sequence(tokenizer, second, instructions(256, false)));
            assertThat(summary)
                    .isEqualTo(new Written(
                            2,
                            store.read(0).length() + store.read(1).length(),
                            store.read(0).labelledTokens() + store.read(1).labelledTokens(),
                            Math.max(store.read(0).length(), store.read(1).length()),
                            "eb8379a0d9ba496eb6d0b38355ffb2835bc16d4d5b93042baec055ffbbdc56a0",
                            Dropped.NOTHING));
        }
    }

    @Test
    void writesTokenRecordsWithoutReadingATokenizer() throws IOException {
        Path file = Files.writeString(
                directory.resolve("tokens.jsonl"),
                "{\"input_ids\": [1, 2, 3], \"labels\": [-100, 2, 3]}\n{\"input_ids\": [4, 5, 6, 7, 8]}\n");
        DataSettings data = new DataSettings(
                List.of(),
                DataSettings.Format.TOKENS,
                4,
                true,
                true,
                true,
                true,
                TableSettings.USUAL,
                ChatSettings.USUAL);
        ShardSummary summary = Examples.writeShard(
                CONFIGURATION,
                new NextTokens(data, directory.resolve("no-model").toString(), 10, 4),
                "data.train",
                Fixtures.hadoop(file),
                shard());
        assertThat(summary).isInstanceOfSatisfying(Written.class, written -> {
            assertThat(written.records()).isEqualTo(2);
            assertThat(written.size()).isEqualTo(7);
            assertThat(written.weight()).isEqualTo(5);
            assertThat(written.longest()).isEqualTo(4);
        });
        try (RecordStore<Sequence> store = store()) {
            assertThat(store.read(0)).isEqualTo(new Sequence(new int[] {1, 2, 3}, new int[] {-100, 2, 3}));
            assertThat(store.read(1)).isEqualTo(new Sequence(new int[] {4, 5, 6, 7}, new int[] {4, 5, 6, 7}));
        }
    }

    @Test
    void aMistakeComesBackAsALineAndLeavesNothing() throws IOException {
        Path file = Files.writeString(directory.resolve("records.json"), "{\"instruction\": \"a\"}");
        assertThat(writeShard(file, instructions(256, true), 1000))
                .isEqualTo(new Refused(Fixtures.hadoop(file) + " line 1: no output"
                        + " (a record has the texts instruction and output, and may have input)"));
        assertThat(directory).isDirectoryNotContaining("glob:**shard*");
    }

    @Test
    void refusesAFileThatIsNotThere() throws IOException {
        assertThat(writeShard(directory.resolve("none.json"), instructions(256, true), 1000))
                .isEqualTo(new Refused("data.train: file:" + directory
                        + "/none.json (must be a file that can be read; there is none)"));
        assertThat(writeShard(directory, instructions(256, true), 1000))
                .isEqualTo(new Refused("data.train: file:" + directory + " (is a directory; must be a file)"));
        assertThat(Examples.writeShard(
                        CONFIGURATION,
                        new NextTokens(instructions(256, true), directory.toString(), 1000, 1000),
                        "data.train",
                        new org.apache.hadoop.fs.Path("unheard://bucket/data.json"),
                        shard()))
                .isEqualTo(new Refused("data.train: unheard://bucket/data.json"
                        + " (must be on a file system that Hadoop is set up for)"));
    }

    @Test
    void refusesTheTokenizerOfAnotherModel() throws IOException {
        Path file = Files.writeString(directory.resolve("records.json"), TWO_RECORDS);
        assertThat(writeShard(file, instructions(256, true), 100))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.line())
                                .matches(
                                        "file:.*records.json line 1: token \\d+ of the tokenizer"
                                                + " \\(must be from 0 to 99, the model's vocabulary; tokenizer.json is another model's\\)"));
    }

    @Test
    void saysHowManyPromptsLeaveNoRoomAndWhichCutoffWould() throws IOException {
        String shortRecord = "{\"instruction\": \"a\", \"output\": \"b\"},";
        String longRecord = "{\"instruction\": \"%s\", \"output\": \"b\"}";
        Path file = Files.writeString(
                directory.resolve("records.json"),
                "[" + shortRecord + longRecord.formatted("x".repeat(300)) + "," + shortRecord
                        + longRecord.formatted("x".repeat(400)) + "]");
        assertThat(writeShard(file, instructions(256, true), 1000)).isInstanceOf(Written.class);

        ShardSummary summary = writeShard(file, instructions(256, false), 1000);
        assertThat(summary).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.line())
                .matches("file:.*records.json record 2: nothing of the response is within data.cutoff = 256,"
                        + " as in 2 of 4 records of the file"
                        + " \\(data.cutoff must be at least \\d+ for them, or data.train-on-inputs true\\)"));

        int enough = Integer.parseInt(((Refused) summary).line().replaceAll(".*at least (\\d+) for.*", "$1"));
        assertThat(writeShard(file, instructions(enough - 1, false), 1000)).isInstanceOf(Refused.class);
        assertThat(writeShard(file, instructions(enough, false), 1000)).isInstanceOf(Written.class);
    }

    @Test
    void summariesTravelBetweenMachines() throws IOException, ClassNotFoundException {
        for (ShardSummary summary :
                List.of(new Written(1, 2, 3, 4, "hash", new Dropped(1, 2, 3)), new Refused("line"))) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
                out.writeObject(summary);
            }
            try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
                assertThat(in.readObject()).isEqualTo(summary);
            }
        }
    }

    private ShardSummary writeShard(Path file, DataSettings data, int vocabularySize) throws IOException {
        String model = Fixtures.hadoop(Fixtures.resource("byte-level")).toString();
        NextTokens task = new NextTokens(data, model, vocabularySize, 1000);
        return Examples.writeShard(CONFIGURATION, task, "data.train", Fixtures.hadoop(file), shard());
    }

    private org.apache.hadoop.fs.Path shard() {
        return RecordStore.shard(Fixtures.hadoop(directory), 0);
    }

    private RecordStore<Sequence> store() throws IOException {
        return RecordStore.open(shard().getFileSystem(CONFIGURATION), Fixtures.hadoop(directory), Sequence.CODEC);
    }

    private static DataSettings instructions(int cutoff, boolean trainOnInputs) {
        return GivenSettings.of("data.cutoff = " + cutoff, "data.train-on-inputs = " + trainOnInputs)
                .data();
    }
}
