package org.loradash.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.config.DataSettings;
import org.loradash.config.GivenSettings;
import org.loradash.data.tokenizer.Tokenizer;
import org.loradash.tsd.InvalidInput;

/** Against what transformers makes of the same texts: see make_tokenizers.py among the test resources. */
class TokenizerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Configuration CONFIGURATION = new Configuration();

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"byte-level", "byte-fallback"})
    void givesTheIdsOfTransformers(String fixture) throws IOException {
        try (Tokenizer tokenizer = Tokenizer.open(CONFIGURATION, Fixtures.hadoop(Fixtures.resource(fixture)))) {
            JsonNode expected = expected(fixture);
            assertThat(tokenizer.endOfText())
                    .isEqualTo(expected.path("end_of_text").intValue());
            for (JsonNode text : expected.path("texts")) {
                assertThat(tokenizer.encode(text.path("text").textValue()))
                        .as("%s", text.path("text"))
                        .isEqualTo(ints(text.path("input_ids")));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"byte-level, What is 2 + 2? Größe \uD83D\uDE00", "byte-fallback, What is 2?"})
    void givesBackATextWithoutItsSpecialTokens(String fixture, String text) throws IOException {
        try (Tokenizer tokenizer = Tokenizer.open(CONFIGURATION, Fixtures.hadoop(Fixtures.resource(fixture)))) {
            int[] tokens = tokenizer.encode(text);
            int[] ended = Arrays.copyOf(tokens, tokens.length + 1);
            ended[tokens.length] = tokenizer.endOfText();
            assertThat(tokenizer.decode(ended)).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"byte-level", "byte-fallback"})
    void givesTheSequencesOfTheReferenceRecipe(String fixture) throws IOException {
        try (Tokenizer tokenizer = Tokenizer.open(CONFIGURATION, Fixtures.hadoop(Fixtures.resource(fixture)))) {
            for (JsonNode row : expected(fixture).path("records")) {
                InstructionRecord record = JSON.treeToValue(row.path("record"), InstructionRecord.class);
                int[] tokens = ints(row.path("input_ids"));
                assertThat(Prompt.of(record)).isEqualTo(row.path("prompt").textValue());
                assertThat(Tokenisation.sequence(tokenizer, record, settings(1000, true)))
                        .isEqualTo(new Sequence(tokens, tokens));
                assertThat(Tokenisation.sequence(tokenizer, record, settings(1000, false)))
                        .isEqualTo(new Sequence(tokens, ints(row.path("labels"))));
            }
        }
    }

    @Test
    void cutsASequenceWithItsLabels() throws IOException {
        JsonNode row = expected("byte-level").path("records").path(0);
        InstructionRecord record = JSON.treeToValue(row.path("record"), InstructionRecord.class);
        int[] tokens = ints(row.path("input_ids"));
        int[] labels = ints(row.path("labels"));
        try (Tokenizer tokenizer = Tokenizer.open(CONFIGURATION, Fixtures.hadoop(Fixtures.resource("byte-level")))) {
            for (int cutoff : List.of(2, tokens.length - 3, tokens.length - 1, tokens.length, tokens.length + 1)) {
                int length = Math.min(cutoff, tokens.length);
                assertThat(Tokenisation.sequence(tokenizer, record, settings(cutoff, false)))
                        .isEqualTo(new Sequence(Arrays.copyOf(tokens, length), Arrays.copyOf(labels, length)));
            }
        }
    }

    @Test
    void takesTheEndOfTextFromTheFirstFileThatNamesOne() throws IOException {
        copyTokenizer("byte-fallback");
        Files.writeString(directory.resolve("generation_config.json"), "{\"eos_token_id\": 9}");
        assertThat(endOfText()).isEqualTo(9);

        Files.writeString(directory.resolve("config.json"), "{\"eos_token_id\": null}");
        assertThat(endOfText()).isEqualTo(9);

        Files.writeString(directory.resolve("config.json"), "{\"eos_token_id\": [7, 8]}");
        assertThat(endOfText()).isEqualTo(7);

        Files.writeString(directory.resolve("special_tokens_map.json"), "{\"eos_token\": {\"content\": \"</s>\"}}");
        assertThat(endOfText()).isEqualTo(2);

        Files.writeString(directory.resolve("tokenizer_config.json"), "{\"eos_token\": \"<s>\"}");
        assertThat(endOfText()).isEqualTo(1);
    }

    @Test
    void takesTheEndOfTextFromTokensThatTheTokenizersConfigurationAdds() throws IOException {
        copyTokenizer("byte-fallback");
        int next = withAddedEnd();
        assertThat(endOfText()).isEqualTo(next);
        try (Tokenizer tokenizer = Tokenizer.open(CONFIGURATION, Fixtures.hadoop(directory))) {
            int[] plain = tokenizer.encode("What is 2?");
            assertThat(tokenizer.encode("What is 2?<|im_end|>")).endsWith(next).hasSize(plain.length + 1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '\0',
            value = {
                "tokenizer_config.json;{\"eos_token\": \"<|im_end|>\"};eos_token: \"<|im_end|>\"",
                "tokenizer_config.json;{\"eos_token\": 2};eos_token: 2",
                "special_tokens_map.json;{\"eos_token\": {\"content\": \"</end>\"}};eos_token: \"</end>\""
            })
    void refusesAnEndOfTextThatIsNoToken(String file, String content, String named) throws IOException {
        copyTokenizer("byte-fallback");
        Files.writeString(directory.resolve("config.json"), "{\"eos_token_id\": 2}");
        Files.writeString(directory.resolve(file), content);
        assertThatThrownBy(this::endOfText)
                .isInstanceOf(InvalidInput.class)
                .hasMessage("model.path: " + Fixtures.hadoop(directory) + "/" + file + ": " + named
                        + " (must be a token of tokenizer.json, or of the file's added_tokens_decoder)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"2\"", "-1", "2.5", "[]", "true"})
    void refusesAnEndOfTextThatIsNoNumber(String id) throws IOException {
        copyTokenizer("byte-fallback");
        Files.writeString(directory.resolve("config.json"), "{\"eos_token_id\": " + id + "}");
        Files.writeString(directory.resolve("generation_config.json"), "{\"eos_token_id\": 2}");
        assertThatThrownBy(this::endOfText)
                .isInstanceOf(InvalidInput.class)
                .hasMessage("model.path: " + Fixtures.hadoop(directory) + "/config.json: eos_token_id: " + id
                        + " (must be a token's number, or several)");
    }

    /** A post-processor with end-of-text behind the text, as some models' tokenizers have it. */
    @Test
    void takesAwayWhatTheTokenizerItselfPutsBehindAText() throws IOException {
        copyTokenizer("byte-fallback");
        Files.writeString(directory.resolve("config.json"), "{\"eos_token_id\": 2}");
        InstructionRecord record = new InstructionRecord("Which?", "of the sky", "blue");
        int[] prompt;
        Sequence sequence;
        try (Tokenizer tokenizer = Tokenizer.open(CONFIGURATION, Fixtures.hadoop(directory))) {
            prompt = tokenizer.encode(Prompt.of(record));
            sequence = Tokenisation.sequence(tokenizer, record, settings(1000, false));
        }
        endTexts();
        try (Tokenizer tokenizer = Tokenizer.open(CONFIGURATION, Fixtures.hadoop(directory))) {
            assertThat(tokenizer.encode(Prompt.of(record))).isEqualTo(prompt);
            assertThat(tokenizer.encode("")).doesNotContain(2);
            assertThat(Tokenisation.sequence(tokenizer, record, settings(1000, false)))
                    .isEqualTo(sequence);
        }
    }

    @Test
    void anOutputThatEndsItselfIsNotEndedAgain() throws IOException {
        copyTokenizer("byte-fallback");
        Files.writeString(directory.resolve("config.json"), "{\"eos_token_id\": 2}");
        try (Tokenizer tokenizer = Tokenizer.open(CONFIGURATION, Fixtures.hadoop(directory))) {
            assertThat(tokenizer.encodeEnded("blue</s>")).isEqualTo(tokenizer.encodeEnded("blue"));
            assertThat(tokenizer.encodeEnded("blue")).endsWith(2).containsOnlyOnce(2);
        }
    }

    /** Names an end-of-text token that tokenizer.json does not have; its number is the next one. */
    private int withAddedEnd() throws IOException {
        JsonNode tokenizer = JSON.readTree(directory.resolve("tokenizer.json").toFile());
        int next = tokenizer.path("model").path("vocab").size();
        Files.writeString(
                directory.resolve("tokenizer_config.json"),
                """
                {"eos_token": "<|im_end|>", "added_tokens_decoder": {
                  "2": {"content": "</s>", "special": true}, "%d": {"content": "<|im_end|>", "special": true}}}"""
                        .formatted(next));
        return next;
    }

    private void endTexts() throws IOException {
        Path file = directory.resolve("tokenizer.json");
        ObjectNode tokenizer = (ObjectNode) JSON.readTree(file.toFile());
        tokenizer.set(
                "post_processor",
                JSON.readTree(
                        """
                        {"type": "TemplateProcessing",
                         "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                                    {"SpecialToken": {"id": "</s>", "type_id": 0}}],
                         "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
                         "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]},
                                            "</s>": {"id": "</s>", "ids": [2], "tokens": ["</s>"]}}}"""));
        Files.writeString(file, tokenizer.toString());
    }

    @Test
    void refusesAModelThatNamesNoEndOfText() throws IOException {
        copyTokenizer("byte-fallback");
        assertThatThrownBy(this::endOfText)
                .isInstanceOf(InvalidInput.class)
                .hasMessage("model.path: " + Fixtures.hadoop(directory)
                        + " (no end-of-text token: must have eos_token in tokenizer_config.json,"
                        + " or eos_token_id in config.json)");
    }

    @Test
    void refusesAConfigurationThatIsNotJson() throws IOException {
        copyTokenizer("byte-fallback");
        Files.writeString(directory.resolve("tokenizer_config.json"), "{\"eos_token\": oops}");
        assertThatThrownBy(this::endOfText)
                .isInstanceOf(InvalidInput.class)
                .hasMessageStartingWith("model.path: " + Fixtures.hadoop(directory)
                        + "/tokenizer_config.json: not JSON: Unrecognized token 'oops'")
                .hasMessageNotContaining("\n");
    }

    @Test
    void refusesADirectoryWithoutTokenizer() {
        assertThatThrownBy(this::endOfText)
                .isInstanceOf(InvalidInput.class)
                .hasMessageStartingWith(
                        "model.path: " + Fixtures.hadoop(directory) + " (no tokenizer: must have tokenizer.json, or ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{}", "[1, 2]", "{\"model\": {\"type\": \"Unheard\"}}"})
    void refusesAFileThatIsNoTokenizer(String content) throws IOException {
        Files.writeString(directory.resolve("tokenizer.json"), content);
        assertThatThrownBy(this::endOfText)
                .isInstanceOf(InvalidInput.class)
                .hasMessageStartingWith(
                        "model.path: " + Fixtures.hadoop(directory) + "/tokenizer.json: not a tokenizer: ")
                .hasMessageNotContaining("\n");
    }

    private int endOfText() throws IOException {
        try (Tokenizer tokenizer = Tokenizer.open(CONFIGURATION, Fixtures.hadoop(directory))) {
            return tokenizer.endOfText();
        }
    }

    private void copyTokenizer(String fixture) throws IOException {
        Files.copy(Fixtures.resource(fixture).resolve("tokenizer.json"), directory.resolve("tokenizer.json"));
    }

    private static DataSettings settings(int cutoff, boolean trainOnInputs) {
        return GivenSettings.of("data.cutoff = " + cutoff, "data.train-on-inputs = " + trainOnInputs)
                .data();
    }

    private static JsonNode expected(String fixture) throws IOException {
        return JSON.readTree(Fixtures.resource(fixture).resolve("expected.json").toFile());
    }

    private static int[] ints(JsonNode array) {
        List<Integer> numbers = new ArrayList<>();
        array.forEach(number -> numbers.add(number.intValue()));
        return numbers.stream().mapToInt(Integer::intValue).toArray();
    }
}
