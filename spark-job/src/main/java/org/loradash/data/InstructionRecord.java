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

    /** Fields of other formats, which say what the model sees or how much a record counts: they cannot be left out. */
    private static final Set<String> OTHER_FORMATS = Set.of(
            "system",
            "history",
            "context",
            "messages",
            "conversations",
            "conversation",
            "tools",
            "images",
            "chosen",
            "rejected",
            "weight",
            "loss_weight",
            "sample_weight");

    /**
     * Reads the object that the parser has just opened, up to its end. A missing or null {@code input} is empty; other
     * fields are notes and passed over, but for those of other formats.
     *
     * @throws InvalidInput when instruction or output is missing, a field is not a text, or one is of another format and
     *     not empty
     */
    static InstructionRecord read(JsonParser parser, RecordPosition position) throws IOException {
        Map<String, String> texts = texts(parser, position, Set.of("instruction", "input", "output"));
        String allowed = "a record has the texts instruction and output, and may have input";
        return new InstructionRecord(
                required(texts, "instruction", position, allowed),
                texts.getOrDefault("input", ""),
                required(texts, "output", position, allowed));
    }

    /** The fields of those names that the object has and that are not null; notes are passed over. */
    static Map<String, String> texts(JsonParser parser, RecordPosition position, Set<String> names) throws IOException {
        Map<String, String> texts = new HashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            parser.nextToken();
            if (names.contains(field)) {
                texts.put(field, text(parser, field, position));
            } else {
                passOver(parser, field, position);
            }
        }
        texts.values().removeIf(Objects::isNull);
        return texts;
    }

    private static void passOver(JsonParser parser, String field, RecordPosition position) throws IOException {
        boolean empty =
                switch (parser.currentToken()) {
                    case VALUE_NULL -> true;
                    case VALUE_STRING -> parser.getTextLength() == 0;
                    case START_ARRAY -> isClosedNext(parser, field, position);
                    default -> false;
                };
        if (!empty && OTHER_FORMATS.contains(field)) {
            throw ofAnotherFormat(field, position);
        }
        if (!empty) {
            parser.skipChildren();
        }
    }

    private static boolean isClosedNext(JsonParser parser, String field, RecordPosition position) throws IOException {
        if (!OTHER_FORMATS.contains(field)) {
            return false;
        }
        if (parser.nextToken() != JsonToken.END_ARRAY) {
            throw ofAnotherFormat(field, position);
        }
        return true;
    }

    private static InvalidInput ofAnotherFormat(String field, RecordPosition position) {
        return InvalidInput.of(
                position.toString(),
                "the field " + field,
                "must be absent or empty: of a record instruction, input and output alone are learnt");
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
    static String unicode(String text, String field, RecordPosition position) {
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
