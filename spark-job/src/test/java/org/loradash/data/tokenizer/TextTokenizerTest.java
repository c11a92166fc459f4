package org.loradash.data.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Fixtures;
import org.loradash.data.tokenizer.TextTokenizer.Tokens;
import org.loradash.tsd.InvalidInput;

/** Directories without tokenizer.json, against transformers: src-test-data/tokenizers has what it makes of tricky texts. */
public class TextTokenizerTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"bert", "roberta", "deberta", "xlm-roberta"})
    void givesTheTokensOfTransformers(String kind) throws IOException {
        copy(kind);
        for (JsonNode expected : Fixtures.json(Fixtures.path("tokenizers/" + kind + "/expected.json"))) {
            Files.writeString(
                    directory.resolve("tokenizer_config.json"),
                    expected.get("config").toString());
            check(directory, expected.get("cutoff").intValue(), expected.get("rows"));
        }
    }

    /** Asserts that each row's text, or pair, has its tokens. */
    public static void check(Path model, int cutoff, JsonNode rows) throws IOException {
        try (TextTokenizer tokenizer = TextTokenizer.open(new Configuration(), hadoop(model), cutoff)) {
            for (JsonNode row : rows) {
                assertThat(tokenizer.encode(
                                row.get("text").textValue(),
                                Optional.ofNullable(row.get("pair").textValue())))
                        .as("%s, cut at %d", row, cutoff)
                        .isEqualTo(new Tokens(ints(row.get("input_ids")), ints(row.get("token_type_ids"))));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert", "roberta", "deberta", "xlm-roberta"})
    void givesTokensBackAsTheirTexts(String kind) throws IOException {
        copy(kind);
        String text = "which of these would be best";
        String pair = "sand and water";
        try (TextTokenizer tokenizer = TextTokenizer.open(new Configuration(), hadoop(directory), 64)) {
            assertThat(tokenizer.decode(tokenizer.encode(text, Optional.empty()).ids()))
                    .isEqualTo(text);
            assertThat(tokenizer.decode(
                            tokenizer.encode(text, Optional.of(pair)).ids()))
                    .isEqualTo(text + " | " + pair);
            assertThat(tokenizer.decode(tokenizer.encode("", Optional.of("")).ids()))
                    .isEmpty();
        }
    }

    @Test
    void cutsAndPadsAsToldAndNotAsTokenizerJsonSays() throws IOException {
        copy("bert");
        Configuration hadoop = new Configuration();
        String json = TokenizerForm.json(new TokenizerDirectory(hadoop, hadoop(directory)))
                .put("version", "1.0")
                .toString();
        Files.writeString(
                directory.resolve("tokenizer.json"),
                json.substring(0, json.length() - 1)
                        + """
                        , "truncation": {"direction": "Right", "max_length": 5, "strategy": "LongestFirst", "stride": 1},
                        "padding": {"strategy": {"Fixed": 40}, "direction": "Right", "pad_to_multiple_of": null,
                          "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]"}}
                        """);
        for (JsonNode expected : Fixtures.json(Fixtures.path("tokenizers/bert/expected.json"))) {
            if (expected.get("config").isEmpty()) {
                check(directory, expected.get("cutoff").intValue(), expected.get("rows"));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"tokenizer_class": "CodeGenTokenizer"} | tokenizer_class is CodeGenTokenizer \\(must be RobertaTokenizer or .*
                    {"truncation_side": "left"} | truncation_side is left \\(must be right: texts lose their ends\\)
                    {"add_prefix_space": 1} | add_prefix_space is 1 \\(must be true or false\\)
                    {"cls_token": 7} | cls_token is 7 \\(must be a token's text, or an object with its content\\)
                    """)
    void refusesWhatItDoesNotDo(String configuration, String message) throws IOException {
        copy("roberta");
        Files.writeString(directory.resolve("tokenizer_config.json"), configuration);
        refused(8, "model.path: .*/tokenizer_config.json: " + message);
    }

    @Test
    void isNotReadAsAnotherKind() throws IOException {
        copy("roberta");
        Files.writeString(directory.resolve("config.json"), "{\"model_type\": \"gptj\"}");
        refused(8, "model.path: .*/config.json: model_type is gptj \\(must be roberta or .*");
    }

    @Test
    void needsRoomForMoreThanSpecialTokens() throws IOException {
        copy("roberta");
        refused(4, "data.cutoff: 4 \\(must be more than the 4 special tokens of a pair\\)");
    }

    @Test
    void needsATokenizer() {
        refused(
                8,
                "model.path: .* \\(no tokenizer: must have tokenizer.json, or spm.model, or sentencepiece.bpe.model, or"
                        + " vocab.json and merges.txt, or vocab.txt, or tokenizer.model\\)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    merges.txt | a b c | line 1: a b c \\(must be two tokens with a space between\\)
                    vocab.json | {"a": "b"} | a: "b" \\(must be a token's number\\)
                    vocab.json | [] | not a JSON object \\(must be one\\)
                    """)
    void refusesAVocabularyThatIsNone(String file, String text, String message) throws IOException {
        copy("roberta");
        Files.writeString(directory.resolve(file), text);
        refused(8, "model.path: .*/" + file + ": " + message);
    }

    private void refused(int cutoff, String message) {
        assertThatThrownBy(() -> TextTokenizer.open(new Configuration(), hadoop(directory), cutoff))
                .isInstanceOf(InvalidInput.class)
                .hasMessageMatching(message);
    }

    private void copy(String kind) throws IOException {
        try (Stream<Path> files = Files.list(Fixtures.path("tokenizers/" + kind))) {
            for (Path file :
                    files.filter(file -> !file.endsWith("expected.json")).toList()) {
                Files.copy(file, directory.resolve(file.getFileName()));
            }
        }
    }

    private static org.apache.hadoop.fs.Path hadoop(Path path) {
        return new org.apache.hadoop.fs.Path(path.toUri());
    }

    private static int[] ints(JsonNode array) {
        int[] numbers = new int[array.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = array.get(i).intValue();
        }
        return numbers;
    }
}
