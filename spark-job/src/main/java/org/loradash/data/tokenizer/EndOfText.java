package org.loradash.data.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import org.loradash.tsd.InvalidInput;

/** Which token ends a text, as a Hugging Face model directory says it. The first file that names one counts. */
final class EndOfText {
    private EndOfText() {}

    /**
     * The token that tokenizer_config.json names as eos_token, a text or an object with its content, or
     * special_tokens_map.json; where neither names one, what a tokenizer that is made of other files than tokenizer.json calls
     * its own, or the first eos_token_id of config.json or generation_config.json.
     *
     * @param tokenOf the id of a token's text, empty when there is no such token
     * @throws InvalidInput when none of the files names a token, or the first that does names what is none
     */
    static int find(TokenizerDirectory directory, Function<String, OptionalInt> tokenOf) throws IOException {
        for (String name : List.of("tokenizer_config.json", "special_tokens_map.json")) {
            JsonNode token = directory.json(name).path("eos_token");
            if (!isAbsent(token)) {
                return named(token, directory, name, tokenOf);
            }
        }
        OptionalInt own = directory.has(LibraryTokenizer.FILE)
                ? OptionalInt.empty()
                : tokenOf.apply(TokenizerForm.endOfText(directory));
        if (own.isPresent()) {
            return own.getAsInt();
        }
        for (String name : List.of("config.json", "generation_config.json")) {
            JsonNode ids = directory.json(name).path("eos_token_id");
            if (!isAbsent(ids)) {
                return first(ids, directory, name);
            }
        }
        throw InvalidInput.of(
                "model.path",
                directory.path(),
                "no end-of-text token: must have eos_token in tokenizer_config.json, or eos_token_id in config.json");
    }

    private static boolean isAbsent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    private static int named(
            JsonNode token, TokenizerDirectory directory, String file, Function<String, OptionalInt> tokenOf) {
        JsonNode content = token.isObject() ? token.path("content") : token;
        return (content.isTextual() ? tokenOf.apply(content.textValue()) : OptionalInt.empty())
                .orElseThrow(() -> directory.mistake(
                        file,
                        "eos_token: " + content,
                        "must be a token of tokenizer.json, or of the file's added_tokens_decoder"));
    }

    private static int first(JsonNode ids, TokenizerDirectory directory, String file) {
        JsonNode id = ids.isArray() ? ids.path(0) : ids;
        if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0) {
            throw directory.mistake(file, "eos_token_id: " + ids, "must be a token's number, or several");
        }
        return id.intValue();
    }
}
