package org.loradash.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.loradash.tsd.InvalidInput;

/**
 * A record of the {@code instruction} format.
 *
 * @param input what the instruction is about; empty for none
 * @param output the response to be learnt; may be empty, and then only the end-of-text token is
 */
public record InstructionRecord(String instruction, String input, String output) {

    /**
     * Reads the object that the parser has just opened, up to its end. A missing or null {@code input} is empty; other
     * fields are passed over.
     *
     * @throws InvalidInput when instruction or output is missing, or a field is not a text
     */
    static InstructionRecord read(JsonParser parser, RecordPosition position) throws IOException {
        Map<String, String> texts = texts(parser, position, Set.of("instruction", "input", "output"));
        String allowed = "a record has the texts instruction and output, and may have input";
        return new InstructionRecord(
                required(texts, "instruction", position, allowed),
                texts.getOrDefault("input", ""),
                required(texts, "output", position, allowed));
    }

    /** The fields of those names that the object has and that are not null; others are passed over. */
    static Map<String, String> texts(JsonParser parser, RecordPosition position, Set<String> names) throws IOException {
        Map<String, String> texts = new HashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            parser.nextToken();
            if (names.contains(field)) {
                texts.put(field, text(parser, field, position));
            } else {
                parser.skipChildren();
            }
        }
        texts.values().removeIf(Objects::isNull);
        return texts;
    }

    private static String text(JsonParser parser, String field, RecordPosition position) throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_STRING -> unicode(parser.getText(), field, position);
            case VALUE_NULL -> null;
            default -> throw InvalidInput.of(
                    position.toString(), field + " is " + JsonRecords.kind(parser), "must be a text");
        };
    }

    /** Half of a surrogate pair, which JSON can spell and UTF-8 cannot, has no tokens. */
    private static String unicode(String text, String field, RecordPosition position) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isHighSurrogate(text.charAt(i))
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(text.charAt(i))) {
                throw InvalidInput.of(
                        position.toString(),
                        field + " has half a surrogate pair at character " + i,
                        "must be a valid Unicode text");
            }
        }
        return text;
    }

    static String required(Map<String, String> texts, String field, RecordPosition position, String allowed) {
        String text = texts.get(field);
        if (text == null) {
            throw InvalidInput.of(position.toString(), "no " + field, allowed);
        }
        return text;
    }
}
