package org.loradash.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
    void takesTheEndOfTextFromTheModelWhenTheTokenizerDoesNotKnowIt() throws IOException {
        copyTokenizer("byte-fallback");
        Files.writeString(directory.resolve("tokenizer_config.json"), "{\"eos_token\": \"<|im_end|>\"}");
        Files.writeString(directory.resolve("config.json"), "{\"eos_token_id\": [7, 8]}");
        assertThat(endOfText()).isEqualTo(7);

        Files.writeString(directory.resolve("config.json"), "{\"eos_token_id\": null}");
        Files.writeString(directory.resolve("generation_config.json"), "{\"eos_token_id\": 9}");
        assertThat(endOfText()).isEqualTo(9);

        Files.delete(directory.resolve("tokenizer_config.json"));
        assertThat(endOfText()).isEqualTo(9);
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
                .hasMessage("model.path: " + Fixtures.hadoop(directory)
                        + "/tokenizer.json (must be a file that can be read; there is none)");
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
