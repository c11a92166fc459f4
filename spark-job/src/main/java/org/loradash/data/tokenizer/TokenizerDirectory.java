package org.loradash.data.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.loradash.data.InputFile;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;

/** The files of a tokenizer in a model directory. */
record TokenizerDirectory(Configuration configuration, Path path) {
    static final String CONFIGURATION = "tokenizer_config.json";

    private static final String SETTING = "model.path";
    private static final int LARGEST_CONFIGURATION = 8 << 20;
    private static final List<String> FLAGS = List.of("single_word", "lstrip", "rstrip", "normalized", "special");
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    boolean has(String name) throws IOException {
        return InputFile.exists(configuration, file(name));
    }

    /**
     * A file's bytes.
     *
     * @param limit the most that it may have
     * @throws InvalidInput where there is no such file, or it has more
     */
    byte[] bytes(String name, int limit) throws IOException {
        return InputFile.bytes(configuration, file(name), SETTING, limit);
    }

    /** A file's content, an object; nothing where there is no file. */
    JsonNode json(String name) throws IOException {
        return has(name) ? object(name, bytes(name, LARGEST_CONFIGURATION)) : JSON.missingNode();
    }

    /** The object that a file's bytes are. */
    ObjectNode object(String name, byte[] bytes) throws IOException {
        try {
            if (JSON.readTree(bytes) instanceof ObjectNode object) {
                return object;
            }
            throw new InvalidInput(where(name) + ": not a JSON object (must be one)");
        } catch (JsonProcessingException malformed) {
            throw new InvalidInput(
                    where(name) + ": not JSON: " + Message.oneLine(malformed.getOriginalMessage())
                            + " (must be a JSON object)",
                    malformed);
        } catch (CharConversionException malformed) {
            throw new InvalidInput(where(name) + ": not text (must be a JSON object)", malformed);
        }
    }

    /** The class that tokenizer_config.json names, by its name without Fast; empty where it names none. */
    String tokenizerClass() throws IOException {
        return json(CONFIGURATION).path("tokenizer_class").asText("").replaceFirst("Fast$", "");
    }

    /** model_type of config.json; empty where it says none. */
    String modelType() throws IOException {
        return json("config.json").path("model_type").asText("");
    }

    /** Whether tokenizer_config.json says of a key that there is nothing, which is not the same as not to name it. */
    boolean isNull(String key) throws IOException {
        return json(CONFIGURATION).path(key).isNull();
    }

    /** Whether tokenizer_config.json lists tokens without a role, in either name of the list. */
    boolean namesExtraTokens() throws IOException {
        JsonNode configuration = json(CONFIGURATION);
        return configuration.has("additional_special_tokens")
                || configuration.path("extra_special_tokens").isArray();
    }

    /** Whether tokenizer_config.json has the tokens that it adds; older files beside it do not count then. */
    boolean listsAddedTokens() throws IOException {
        return json(CONFIGURATION).has("added_tokens_decoder");
    }

    /** What tokenizer_config.json says of a key. */
    boolean flag(String key, boolean otherwise) throws IOException {
        JsonNode flag = json(CONFIGURATION).path(key);
        if (!flag.isMissingNode() && !flag.isNull() && !flag.isBoolean()) {
            throw mistake(CONFIGURATION, key + " is " + flag, "must be true or false");
        }
        return flag.asBoolean(otherwise);
    }

    /**
     * The tokens that tokenizer_config.json adds to the vocabulary in {@code added_tokens_decoder}, or added_tokens.json
     * where it has none, in the order of their numbers, as transformers reads them.
     */
    List<ObjectNode> addedTokens() throws IOException {
        Map<Integer, ObjectNode> added = new TreeMap<>();
        JsonNode decoder = json(CONFIGURATION).path("added_tokens_decoder");
        decoder.fields().forEachRemaining(entry -> {
            boolean number = entry.getKey().matches("\\d{1,9}");
            if (!number || !entry.getValue().path("content").isTextual()) {
                throw mistake(
                        CONFIGURATION,
                        "added_tokens_decoder: " + entry.getKey() + ": " + entry.getValue(),
                        "must be a token's number and an object with its content");
            }
            int id = Integer.parseInt(entry.getKey());
            added.put(id, token(id, entry.getValue().get("content").textValue(), entry.getValue()));
        });
        if (decoder.isMissingNode()) {
            String older = "added_tokens.json";
            json(older).fields().forEachRemaining(entry -> {
                if (!entry.getValue().isInt() || entry.getValue().intValue() < 0) {
                    throw mistake(older, entry.getKey() + ": " + entry.getValue(), "must be a token's number");
                }
                int id = entry.getValue().intValue();
                added.put(id, token(id, entry.getKey(), JSON.missingNode()));
            });
        }
        return new ArrayList<>(added.values());
    }

    /** A token as {@code added_tokens} of tokenizer.json has it. */
    static ObjectNode token(int id, String content, JsonNode flags) {
        ObjectNode token = JSON.createObjectNode().put("id", id).put("content", content);
        for (String flag : FLAGS) {
            boolean otherwise =
                    flag.equals("normalized") && !flags.path("special").asBoolean();
            token.put(flag, flags.path(flag).asBoolean(otherwise));
        }
        return token;
    }

    /** The bytes of tokenizer.json with more added tokens. */
    byte[] with(byte[] tokenizer, List<ObjectNode> added) throws IOException {
        ObjectNode json = (ObjectNode) JSON.readTree(tokenizer);
        json.withArray("added_tokens").addAll(added);
        return JSON.writeValueAsBytes(json);
    }

    /** The object that a text in this code is. */
    static ObjectNode template(String json) {
        try {
            return (ObjectNode) JSON.readTree(json);
        } catch (JsonProcessingException malformed) {
            throw new UncheckedIOException(malformed);
        }
    }

    Path file(String name) {
        return new Path(path, name);
    }

    private String where(String name) {
        return SETTING + ": " + file(name);
    }

    InvalidInput mistake(String name, String what, String allowed) {
        return InvalidInput.of(where(name), Message.oneLine(what), allowed);
    }
}
