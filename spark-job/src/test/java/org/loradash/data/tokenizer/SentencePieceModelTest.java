package org.loradash.data.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.loradash.Fixtures;
import org.loradash.data.tokenizer.SentencePieceModel.Piece;
import org.loradash.tsd.InvalidInput;

class SentencePieceModelTest {
    @TempDir
    Path directory;

    @Test
    void hasThePiecesOfTheFile() throws IOException {
        SentencePieceModel model = read(Files.readAllBytes(Fixtures.path("tokenizers/deberta/spm.model")));
        assertThat(model.pieces()).hasSize(400).startsWith(Piece.special("[PAD]"), Piece.special("[CLS]"));
        assertThat(model.unknown()).isEqualTo(3);
        assertThat(model.characterMap()).hasSizeGreaterThan(100_000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    0a | cut short
                    0a7f0a | cut short
                    0fff | a field of type 7
                    ffffffffffffffffffffffff01 | a number of more than 64 bits
                    0a020801 | field 1 has type 0, not 2
                    0a030a01ff | a piece that is not UTF-8
                    0a080a0161150000c07f | a piece "a" with score NaN
                    0a00 | a piece "" with score 0.0
                    0a030a0161120 3c00205 | 1 pieces, with 5 for unknown ones
                    0a030a01611a03120101 | a map of characters of 1 bytes with a trie of -1
                    0a030a01611a0a120804000000ffffff3f | a map of characters that leads outside its trie
                    """)
    void refusesWhatIsNone(String bytes, String message) {
        assertThatThrownBy(() -> read(java.util.HexFormat.of().parseHex(bytes.replace(" ", ""))))
                .isInstanceOf(InvalidInput.class)
                .hasMessageEndingWith("spm.model: not a SentencePiece model: " + message
                        + " (must be a model as sentencepiece writes it)");
    }

    @Test
    void refusesAnotherKindOfModel() {
        assertThatThrownBy(() -> read(java.util.HexFormat.of().parseHex("0a030a016112021802")))
                .hasMessageEndingWith("spm.model: model type 2 (must be 1, a unigram model)");
    }

    /** A map that led outside would end the process in the library. */
    @Test
    void staysAliveWithDamagedFiles() throws IOException {
        byte[] whole = Files.readAllBytes(Fixtures.path("tokenizers/deberta/spm.model"));
        Random random = new Random(7);
        for (int i = 0; i < 60; i++) {
            byte[] damaged = whole.clone();
            for (int j = 0; j < 1 + i % 4; j++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            Files.write(directory.resolve("spm.model"), damaged);
            Throwable refused = catchThrowable(this::tokenise);
            if (refused != null) {
                assertThat(refused).isInstanceOf(InvalidInput.class);
            }
        }
    }

    /** tokenizer.json holds the same map: it is looked at before the library reads it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    BAAAAP///z8= | a map of characters that leads outside its trie
                    AQ==         | a map of characters of 1 bytes with a trie of -1
                    ?            | a map of characters that is not Base64
                    """)
    void refusesItInTokenizerJsonToo(String map, String message) throws IOException {
        TokenizerDirectory files =
                new TokenizerDirectory(new Configuration(), new org.apache.hadoop.fs.Path(directory.toUri()));
        Files.copy(Fixtures.path("tokenizers/deberta/spm.model"), directory.resolve("spm.model"));
        String json = TokenizerForm.json(files)
                .toString()
                .replaceFirst(
                        "\"precompiled_charsmap\":\"[^\"]*\"", "\"precompiled_charsm\\\\u0061p\":\"" + map + "\"");
        Files.writeString(directory.resolve("tokenizer.json"), json);
        assertThatThrownBy(this::tokenise)
                .isInstanceOf(InvalidInput.class)
                .hasMessageEndingWith(
                        "tokenizer.json: not a tokenizer: " + message + " (must be a tokenizer of Hugging Face)");
    }

    private void tokenise() throws IOException {
        try (TextTokenizer tokenizer =
                TextTokenizer.open(new Configuration(), new org.apache.hadoop.fs.Path(directory.toUri()), 20)) {
            tokenizer.encode("½ ﬁ ａ\u0301…日本 Å e\u0308 x", Optional.of("plants ™ need ² water"));
        }
    }

    private SentencePieceModel read(byte[] bytes) throws IOException {
        Files.write(directory.resolve("spm.model"), bytes);
        return SentencePieceModel.readUnigram(
                new TokenizerDirectory(new Configuration(), new org.apache.hadoop.fs.Path(directory.toUri())),
                "spm.model");
    }
}
