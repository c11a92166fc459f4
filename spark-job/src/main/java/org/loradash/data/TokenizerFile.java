package org.loradash.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.CharConversionException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;

/** The JSON files of a tokenizer. */
final class TokenizerFile {
    private static final int LARGEST_CONFIGURATION = 8 << 20;
    private static final String SETTING = "model.path";
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private TokenizerFile() {}

    /** A file's content; nothing where there is no file. */
    static JsonNode json(Configuration configuration, Path file) throws IOException {
        if (!InputFile.exists(configuration, file)) {
            return JSON.missingNode();
        }
        try {
            JsonNode json = JSON.readTree(InputFile.bytes(configuration, file, SETTING, LARGEST_CONFIGURATION));
            if (!json.isObject()) {
                throw new InvalidInput(SETTING + ": " + file + ": not a JSON object (must be one)");
            }
            return json;
        } catch (JsonProcessingException malformed) {
            throw new InvalidInput(
                    SETTING + ": " + file + ": not JSON: " + Message.oneLine(malformed.getOriginalMessage())
                            + " (must be a JSON object)",
                    malformed);
        } catch (CharConversionException malformed) {
            throw new InvalidInput(SETTING + ": " + file + ": not text (must be a JSON object)", malformed);
        }
    }

    /**
     * The tokens that tokenizer_config.json adds to those of tokenizer.json, by their numbers, as transformers reads its
     * {@code added_tokens_decoder}.
     */
    static Map<Integer, ObjectNode> addedTokens(Configuration configuration, Path directory) throws IOException {
        Path file = new Path(directory, "tokenizer_config.json");
        JsonNode decoder = json(configuration, file).path("added_tokens_decoder");
        Map<Integer, ObjectNode> added = new LinkedHashMap<>();
        decoder.fields().forEachRemaining(entry -> {
            boolean number = entry.getKey().matches("\\d{1,9}");
            if (!number
                    || !(entry.getValue() instanceof ObjectNode token)
                    || !token.path("content").isTextual()) {
                throw InvalidInput.of(
                        SETTING + ": " + file + ": added_tokens_decoder: " + Message.oneLine(entry.getKey()),
                        Message.oneLine(entry.getValue().toString()),
                        "must be a token's number and an object with its content");
            }
            added.put(Integer.valueOf(entry.getKey()), token);
        });
        return added;
    }

    /** The bytes of tokenizer.json with more added tokens. */
    static byte[] with(byte[] tokenizer, Map<Integer, ObjectNode> added) throws IOException {
        ObjectNode json = (ObjectNode) JSON.readTree(tokenizer);
        ArrayNode tokens = json.withArray("added_tokens");
        added.forEach((id, token) -> {
            ObjectNode one = tokens.addObject().put("id", id);
            for (String flag : new String[] {"single_word", "lstrip", "rstrip", "normalized", "special"}) {
                one.put(
                        flag,
                        token.path(flag)
                                .asBoolean(flag.equals("normalized")
                                        && !token.path("special").asBoolean()));
            }
            one.set("content", token.get("content"));
        });
        return JSON.writeValueAsBytes(json);
    }
}
