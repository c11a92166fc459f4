package org.loradash.data.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.Fixtures;
import org.loradash.tsd.InvalidInput;

class PromptTokenizerTest {
    @Test
    void anEmptyPromptIsItsBeginningAndItsEnd() throws IOException {
        try (PromptTokenizer tokenizer = open(Fixtures.path("golden/sdxl-tiny/model/tokenizer_2"))) {
            assertThat(tokenizer.encode("")).startsWith(672, 673, 0).endsWith(0).hasSize(77);
        }
    }

    @Test
    void refusesAnotherTokenizer(@TempDir Path directory) throws IOException {
        refuses(
                directory,
                "{\"tokenizer_class\": \"T5Tokenizer\"}",
                "tokenizer_class is T5Tokenizer (must be CLIPTokenizer:");
        refuses(
                directory,
                "{\"tokenizer_class\": \"CLIPTokenizer\"}",
                "model_max_length is  (must be a whole number from 3");
        refuses(
                directory,
                "{\"tokenizer_class\": \"CLIPTokenizer\", \"model_max_length\": 1000000000}",
                "model_max_length is 1000000000 (must be a whole number from 3 to 4096)");
    }

    private static void refuses(Path directory, String configuration, String message) throws IOException {
        Files.writeString(directory.resolve("tokenizer_config.json"), configuration);
        assertThatThrownBy(() -> open(directory))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining(message);
    }

    private static PromptTokenizer open(Path directory) throws IOException {
        return PromptTokenizer.open(new Configuration(), new org.apache.hadoop.fs.Path(directory.toUri()));
    }
}
