package org.loradash.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.Fixtures;
import org.loradash.config.ChatSettings;
import org.loradash.config.ChatSettings.Turns;
import org.loradash.config.DataSettings;
import org.loradash.config.TableSettings;
import org.loradash.data.tokenizer.Tokenizer;
import org.loradash.task.Examples;
import org.loradash.task.language.NextTokens;
import org.loradash.tsd.io.FileSystems;

/** What becomes of conversations; {@code cli.ShowCommandTest} holds their tokens and labels against transformers'. */
class ChatRecordsTest {
    private static final String MODEL = Fixtures.path("chat/chatml").toString();
    private static final String TWO_ANSWERS =
            "{\"messages\": [" + turn("user", "Why?") + ", " + turn("assistant", "Because.") + ", "
                    + turn("user", "And then?") + ", " + turn("assistant", "Nothing.") + "]}\n";

    @TempDir
    private Path directory;

    private static String turn(String role, String content) {
        return "{\"role\": \"" + role + "\", \"content\": \"" + content + "\"}";
    }

    private static DataSettings settings(int cutoff, Turns turns) {
        ChatSettings chat = new ChatSettings(List.of(), turns, List.of(), List.of());
        return new DataSettings(
                List.of(), DataSettings.Format.CHAT, cutoff, true, false, true, true, TableSettings.USUAL, chat);
    }

    private ShardSummary write(String records, String model, DataSettings data) throws IOException {
        Path file = Files.writeString(directory.resolve("chat.jsonl"), records);
        NextTokens task = new NextTokens(data, model, 1000, 1000);
        return Examples.writeShard(
                new Configuration(),
                task,
                "data.train",
                new org.apache.hadoop.fs.Path(file.toUri()),
                RecordStore.shard(new org.apache.hadoop.fs.Path(directory.toUri()), 0));
    }

    private Sequence first() throws IOException {
        try (RecordStore<Sequence> store = RecordStore.open(
                Fixtures.localFiles(), new org.apache.hadoop.fs.Path(directory.toUri()), Sequence.CODEC)) {
            return store.read(0);
        }
    }

    private String text(int[] tokens) throws IOException {
        try (Tokenizer tokenizer = Tokenizer.open(new Configuration(), FileSystems.path(MODEL))) {
            return tokenizer.decodeAll(tokens);
        }
    }

    private String learnt() throws IOException {
        return text(Arrays.stream(first().labels()).filter(label -> label >= 0).toArray());
    }

    @Test
    void learnsWhatTheAssistantSaysUnlessToldOtherwise() throws IOException {
        write(TWO_ANSWERS, MODEL, settings(256, Turns.ASSISTANT));
        assertThat(learnt()).isEqualTo("Because.<|im_end|>Nothing.<|im_end|>");
        write(TWO_ANSWERS, MODEL, settings(256, Turns.LAST));
        assertThat(learnt()).isEqualTo("Nothing.<|im_end|>");
        write(TWO_ANSWERS, MODEL, settings(256, Turns.ALL));
        assertThat(first().labels()).isEqualTo(first().tokens());
    }

    @Test
    void losesWholeTurnsFromTheEndBeyondTheCutOff() throws IOException {
        write(TWO_ANSWERS, MODEL, settings(256, Turns.ASSISTANT));
        int whole = first().length();
        ShardSummary.Written written =
                (ShardSummary.Written) write(TWO_ANSWERS, MODEL, settings(whole - 1, Turns.ASSISTANT));
        assertThat(written.dropped()).isEqualTo(new Dropped(0, 1, 2));
        assertThat(text(first().tokens())).endsWith("<|im_start|>assistant\nBecause.<|im_end|>\n");
        assertThat(learnt()).isEqualTo("Because.<|im_end|>");
    }

    @Test
    void leavesOutAndCountsWhatTeachesNothing() throws IOException {
        String question = "{\"messages\": [" + turn("user", "Why?") + "]}\n";
        ShardSummary.Written written =
                (ShardSummary.Written) write(question + TWO_ANSWERS, MODEL, settings(256, Turns.ASSISTANT));
        assertThat(written.records()).isEqualTo(1);
        assertThat(written.dropped()).isEqualTo(new Dropped(1, 0, 0));
        written = (ShardSummary.Written) write(TWO_ANSWERS, MODEL, settings(10, Turns.ASSISTANT));
        assertThat(written.records()).isZero();
        assertThat(written.dropped()).hasToString("1 conversation left out, with nothing to learn within data.cutoff");
    }

    @Test
    void namesTheRecordThatATemplateRefuses() throws IOException {
        String cat = "{\"messages\": [" + turn("cat", "Meow") + "]}\n";
        assertThat(write(TWO_ANSWERS + cat, MODEL, settings(256, Turns.ASSISTANT)))
                .isEqualTo(new ShardSummary.Refused(
                        "file:" + directory + "/chat.jsonl line 2: Unknown role: cat (must be a"
                                + " conversation that model.path: " + MODEL + "/chat_template.jinja takes)"));
    }

    @Test
    void refusesATemplateThatWritesEarlierTurnsOtherwise() throws IOException {
        assertThat(write(
                        TWO_ANSWERS,
                        model("{% for m in messages %}{{ m.content if loop.last else '-' }}{% endfor %}"),
                        settings(256, Turns.ASSISTANT)))
                .isInstanceOfSatisfying(ShardSummary.Refused.class, refused -> assertThat(refused.line())
                        .contains("chat.jsonl line 1: model.path: ")
                        .endsWith("chat_template.jinja: writes turn 2 otherwise when it asks for an answer (so what the"
                                + " assistant says cannot be found: must have generation marks, or data.chat.labels must be"
                                + " last or all)"));
    }

    @Test
    void learnsTheLastAnswerOfATemplateThatWritesEarlierTurnsOtherwise() throws IOException {
        String model = model(
                "{% for m in messages %}{{ m.content if loop.last and m.role == 'assistant' else '-' }}{% endfor %}");
        write(TWO_ANSWERS, model, settings(256, Turns.LAST));
        assertThat(text(first().tokens())).isEqualTo("---Nothing.");
        assertThat(learnt()).isEqualTo("Nothing.");
    }

    @Test
    void refusesAModelWithoutATemplate() throws IOException {
        String model = model("");
        Files.delete(Path.of(model, "chat_template.jinja"));
        assertThat(write(TWO_ANSWERS, model, settings(256, Turns.ASSISTANT)))
                .isEqualTo(new ShardSummary.Refused("model.path: " + model + " (no chat template: must have"
                        + " chat_template.jinja, or chat_template in tokenizer_config.json, or data.chat.template must be a"
                        + " file)"));
    }

    @Test
    void choosesAmongNamedTemplates() throws IOException {
        String model = model("default {{ messages[0].content }}");
        Path folder = Files.createDirectory(Path.of(model, "additional_chat_templates"));
        Files.writeString(folder.resolve("tool_use.jinja"), "tools {{ tools | length }}");
        Files.writeString(folder.resolve("other.jinja"), "other");
        assertThat(rendered(model, TWO_ANSWERS)).isEqualTo("default Why?");
        assertThat(rendered(model, TWO_ANSWERS.replace("]}", "], \"tools\": [{}, {}]}")))
                .isEqualTo("tools 2");
        assertThat(rendered(model, TWO_ANSWERS, "other")).isEqualTo("other");
        Path file = Files.writeString(directory.resolve("own.jinja"), "own");
        assertThat(rendered(model, TWO_ANSWERS, file.toString())).isEqualTo("own");
    }

    private String rendered(String model, String record, String... template) throws IOException {
        DataSettings all = settings(256, Turns.ALL);
        ChatSettings chat = new ChatSettings(List.of(template), Turns.ALL, List.of(), List.of());
        write(
                record,
                model,
                new DataSettings(all.train(), all.format(), 256, true, false, true, true, all.table(), chat));
        return text(first().tokens());
    }

    private String model(String template) throws IOException {
        Path model = Files.createDirectory(directory.resolve("model"));
        for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
            Files.copy(Path.of(MODEL, file), model.resolve(file));
        }
        Files.writeString(model.resolve("chat_template.jinja"), template);
        return model.toString();
    }
}
