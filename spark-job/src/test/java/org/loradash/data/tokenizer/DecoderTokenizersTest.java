package org.loradash.data.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Fixtures;
import org.loradash.tsd.InvalidInput;

/** Decoders' directories without tokenizer.json, against what AutoTokenizer of transformers makes of tricky texts. */
public class DecoderTokenizersTest {
    private static final List<String> SMALL =
            List.of("config.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json");

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"pairs", "unigram", "gemma", "bytes"})
    void giveTheTokensOfTransformers(String kind) throws IOException {
        copy(kind);
        check(directory, Fixtures.json(Fixtures.path("tokenizers/decoder-" + kind + "/expected.json")));
    }

    /** Asserts that each text has its tokens in each case, whose small files it writes beside the vocabulary. */
    public static void check(Path model, JsonNode cases) throws IOException {
        for (JsonNode expected : cases) {
            for (String name : SMALL) {
                Files.deleteIfExists(model.resolve(name));
                if (expected.get("files").has(name)) {
                    Files.writeString(
                            model.resolve(name), expected.get("files").get(name).toString());
                }
            }
            boolean ended = expected.path("files")
                    .path("tokenizer_config.json")
                    .path("add_eos_token")
                    .asBoolean();
            try (Tokenizer tokenizer = open(model)) {
                assertThat(tokenizer.endOfText())
                        .as("%s", expected.get("files"))
                        .isEqualTo(expected.get("eos").intValue());
                for (JsonNode row : expected.get("rows")) {
                    int[] ids = ints(row.get("input_ids"));
                    assertThat(tokenizer.encode(row.get("text").textValue()))
                            .as("%s of %s", row.get("text"), expected.get("files"))
                            .isEqualTo(ended ? Arrays.copyOf(ids, ids.length - 1) : ids);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pairs", "unigram", "gemma", "bytes"})
    void giveTokensBackAsTheirText(String kind) throws IOException {
        copy(kind);
        JsonNode first = Fixtures.json(Fixtures.path("tokenizers/decoder-" + kind + "/expected.json"))
                .get(0);
        check(
                directory,
                new com.fasterxml.jackson.databind.ObjectMapper()
                        .createArrayNode()
                        .add(first));
        try (Tokenizer tokenizer = open(directory)) {
            for (String text : List.of("which of these would be best", "smile 😀 and 日本 tab", "two  spaces")) {
                String back = kind.equals("unigram") ? text.replace("  ", " ") : text;
                assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(back);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    pairs | {"tokenizer_class": "T5Tokenizer"} | tokenizer_class is T5Tokenizer \\(must be LlamaTokenizer, GemmaTokenizer or TokenizersBackend, which have tokenizer.model, .*
                    pairs | {"tokenizer_class": "LlamaTokenizer", "legacy": 3} | legacy is 3 \\(must be true or false\\)
                    pairs | {"tokenizer_class": "LlamaTokenizer", "add_bos_token": "yes"} | add_bos_token is "yes" \\(must be true or false\\)
                    pairs | {"extra_special_tokens": [7]} | extra_special_tokens is 7 \\(must be a token's text, or an object with its content\\)
                    bytes | {"tokenizer_class": "CodeGenTokenizer"} | tokenizer_class is CodeGenTokenizer \\(must be RobertaTokenizer or Qwen2Tokenizer or GPT2Tokenizer or CLIPTokenizer, .*
                    """)
    void areRefusedWithARuleThatIsNotKnown(String kind, String configuration, String message) throws IOException {
        copy(kind);
        Files.writeString(directory.resolve("tokenizer_config.json"), configuration);
        refused("model.path: .*/tokenizer_config.json: " + message);
    }

    /** Half of each is a piece again: the pairs to be merged would be more than the file by far. */
    @Test
    void refuseAVocabularyWhosePairsWouldFillTheMemory() throws IOException {
        java.io.ByteArrayOutputStream model = new java.io.ByteArrayOutputStream();
        StringBuilder text = new StringBuilder();
        for (int family = 0; family < 40; family++) {
            text.setLength(0);
            for (int length = 1; length <= 250; length++) {
                text.append((char) ('a' + family));
                byte[] piece = text.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
                byte[] number = piece.length < 128 ? new byte[] {(byte) piece.length} : varint(piece.length);
                byte[] whole = varint(1 + number.length + piece.length);
                model.write(0x0a);
                model.write(whole);
                model.write(0x0a);
                model.write(number);
                model.write(piece);
            }
        }
        model.write(new byte[] {0x12, 2, 0x18, 2});
        Files.write(directory.resolve("tokenizer.model"), model.toByteArray());
        refused(
                "model.path: .*/tokenizer.model: pairs of pieces of more than 134217728 characters \\(must be a model as .*");
    }

    private static byte[] varint(int number) {
        return number < 128
                ? new byte[] {(byte) number}
                : new byte[] {(byte) (number & 0x7f | 0x80), (byte) (number >> 7)};
    }

    private void refused(String message) {
        assertThatThrownBy(() -> open(directory).close())
                .isInstanceOf(InvalidInput.class)
                .hasMessageMatching(message);
    }

    private void copy(String kind) throws IOException {
        try (Stream<Path> files = Files.list(Fixtures.path("tokenizers/decoder-" + kind))) {
            for (Path file :
                    files.filter(file -> !file.endsWith("expected.json")).toList()) {
                Files.copy(file, directory.resolve(file.getFileName()));
            }
        }
    }

    private static Tokenizer open(Path model) throws IOException {
        return Tokenizer.open(new Configuration(), new org.apache.hadoop.fs.Path(model.toUri()));
    }

    private static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::intValue)
                .toArray();
    }
}
