package org.loradash.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.CharConversionException;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;

/** Which token ends a text, as a Hugging Face model directory says it. */
final class EndOfText {
    private static final int LARGEST_CONFIGURATION = 8 << 20;
    private static final String SETTING = "model.path";
    private static final ObjectMapper JSON = new ObjectMapper();

    private EndOfText() {}

    /**
     * The token that tokenizer_config.json names as eos_token, a text or an object with its content; where that names
     * none that the tokenizer has, the first eos_token_id of config.json or generation_config.json.
     *
     * @param tokenOf the id of a token's text, empty when there is no such token
     * @throws InvalidInput when none of the files tells it
     */
    static int find(Configuration configuration, Path directory, Function<String, OptionalInt> tokenOf)
            throws IOException {
        JsonNode token = read(configuration, new Path(directory, "tokenizer_config.json"))
                .path("eos_token");
        String content = token.isObject() ? token.path("content").asText() : token.asText();
        OptionalInt named = content.isEmpty() ? OptionalInt.empty() : tokenOf.apply(content);
        if (named.isPresent()) {
            return named.getAsInt();
        }
        for (String file : List.of("config.json", "generation_config.json")) {
            JsonNode id = read(configuration, new Path(directory, file)).path("eos_token_id");
            JsonNode first = id.isArray() ? id.path(0) : id;
            if (first.canConvertToInt() && first.isIntegralNumber() && first.intValue() >= 0) {
                return first.intValue();
            }
        }
        throw InvalidInput.of(
                SETTING,
                directory,
                "no end-of-text token: must have eos_token in tokenizer_config.json, or eos_token_id in config.json");
    }

    private static JsonNode read(Configuration configuration, Path file) throws IOException {
        if (!InputFile.exists(configuration, file)) {
            return JSON.missingNode();
        }
        try {
            return JSON.readTree(InputFile.bytes(configuration, file, SETTING, LARGEST_CONFIGURATION));
        } catch (JsonProcessingException malformed) {
            throw new InvalidInput(
                    SETTING + ": " + file + ": not JSON: " + Message.oneLine(malformed.getOriginalMessage())
                            + " (must be a JSON object)",
                    malformed);
        } catch (CharConversionException malformed) {
            throw new InvalidInput(SETTING + ": " + file + ": not text (must be a JSON object)", malformed);
        }
    }
}
