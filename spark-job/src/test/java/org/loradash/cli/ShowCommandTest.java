package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Fixtures;

class ShowCommandTest {
    private static final String TINY = Fixtures.path("tiny-llama/model").toString();

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int show(String model, Path train, String... options) throws IOException {
        Path file = directory.resolve("show.conf");
        Files.writeString(file, "model.path = \"" + model + "\", data.train = \"" + train + "\"\n");
        String[] arguments = Stream.concat(Stream.of("show", file.toString()), Stream.of(options))
                .toArray(String[]::new);
        return LoraDash.run(arguments, new PrintWriter(out), new PrintWriter(err), settings -> {
            throw new AssertionError("trains");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"chatml", "llama3", "mistral"})
    void showsConversationsAsTransformersHasThem(String name) throws IOException {
        JsonNode expected =
                Fixtures.json(Fixtures.path("chat/expected.json")).get(name).get("conversations");
        int status = show(
                Fixtures.path("chat/" + name).toString(),
                Fixtures.path("chat/conversations.jsonl"),
                "--set=data.format=chat",
                "--records=100",
                "--json");
        List<JsonNode> lines = out.toString().lines().map(Fixtures::parse).toList();
        assertThat(lines).hasSize(12);
        for (int i = 0; i < 12; i++) {
            assertThat(lines.get(i)).as("conversation " + i).isEqualTo(expected.get(i));
        }
        boolean refuses = name.equals("mistral");
        assertThat(status).isEqualTo(refuses ? 2 : 0);
        assertThat(err.toString())
                .isEqualTo(
                        refuses
                                ? "lora-dash: " + Fixtures.path("chat/conversations.jsonl")
                                        + " line 11: After the optional system message, conversation roles must alternate"
                                        + " user/assistant/user/assistant/... (must be a conversation that model.path: "
                                        + Fixtures.path("chat/mistral/tokenizer_config.json") + ": chat_template takes)"
                                        + System.lineSeparator()
                                : "");
    }

    @Test
    void marksWhatIsLearntInBrackets() throws IOException {
        show(
                Fixtures.path("chat/chatml").toString(),
                Fixtures.path("chat/conversations.jsonl"),
                "--set=data.format=chat",
                "--records=1");
        assertThat(out.toString().lines())
                .startsWith("record 1  63 tokens, 3 of them learnt", "  | <|im_start|>system")
                .anyMatch(line -> line.contains("·<|im_start|>·") && line.endsWith("·[<|im_end|>]·\\n"));
    }

    @Test
    void showsInstructionsWithTheirPromptAndWhatIsLearnt() throws IOException {
        Path records = Files.writeString(
                directory.resolve("a.json"), "[{\"instruction\": \"Say yes.\", \"output\": \"yes\"}]");
        assertThat(show(TINY, records, "--json", "--set=data.train-on-inputs=false"))
                .isZero();
        JsonNode line = Fixtures.parse(out.toString());
        assertThat(line.get("text").textValue()).endsWith("### Instruction:\nSay yes.\n\n### Response:\nyes");
        assertThat(line.get("labels")).hasSameSizeAs(line.get("input_ids"));
        assertThat(line.get("labels").get(0).intValue()).isEqualTo(-100);
    }

    @Test
    void showsTokensWithTheTextThatTheyAre() throws IOException {
        Path records = Files.writeString(
                directory.resolve("a.jsonl"), "{\"input_ids\": [5, 6, 7], \"labels\": [-100, -100, 7]}");
        assertThat(show(TINY, records, "--json", "--set=data.format=tokens")).isZero();
        JsonNode line = Fixtures.parse(out.toString());
        assertThat(line.get("input_ids")).hasToString("[5,6,7]");
        assertThat(line.get("labels")).hasToString("[-100,-100,7]");
        assertThat(line.get("text").textValue()).isNotEmpty();
    }

    @Test
    void tellsHowMuchRecordsHaveInCommon() throws IOException {
        Path records = Files.writeString(
                directory.resolve("a.jsonl"),
                """
                {"input_ids": [5, 6, 7, 8], "labels": [5, 6, 7, 8]}
                {"input_ids": [5, 6, 9], "labels": [5, 6, 9]}
                """);
        show(TINY, records, "--set=data.format=tokens");
        assertThat(out.toString().lines())
                .anyMatch(line -> line.startsWith("together   7 tokens, of which 5 are computed"));
        out.getBuffer().setLength(0);
        show(TINY, records, "--set=data.format=tokens", "--set=data.share-prefixes=false");
        assertThat(out.toString()).doesNotContain("together");
    }

    @Test
    void writesATerminalsCommandsAndDoesNotCarryThemOut() throws IOException {
        Path records = Files.writeString(
                directory.resolve("a.json"), "[{\"instruction\": \"\\u001b[2J\", \"output\": \"yes\"}]");
        assertThat(show(TINY, records)).isZero();
        assertThat(out.toString()).contains("\\u001b[2J").doesNotContain("\u001b");
    }

    @Test
    void saysWhatIsWrong() throws IOException {
        Path records = Files.writeString(directory.resolve("a.json"), "[{\"instruction\": \"a\"}]");
        assertThat(show(TINY, records, "--records=0")).isEqualTo(2);
        assertThat(show(TINY, records)).isEqualTo(2);
        assertThat(show(TINY, records, "--set=data.format=chat")).isEqualTo(2);
        assertThat(err.toString().lines())
                .containsExactly(
                        "lora-dash: --records: 0 (must be at least 1)",
                        "lora-dash: " + records
                                + " record 1: no output (a record has the texts instruction and output, and"
                                + " may have input)",
                        "lora-dash: model.path: " + TINY + " (no chat template: must have chat_template.jinja, or"
                                + " chat_template in tokenizer_config.json, or data.chat.template must be a file)");
    }
}
