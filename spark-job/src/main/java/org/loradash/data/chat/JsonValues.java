package org.loradash.data.chat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.loradash.tsd.InvalidInput;

/** JSON as values that templates take: what Python's {@code json.loads} gives. */
final class JsonValues {
    /** Python refuses longer ones too. */
    private static final int LONGEST_NUMBER = 4300;

    private JsonValues() {}

    /**
     * The value that the parser stands at; it is left at the value's end.
     *
     * @param where for messages
     * @throws InvalidInput where a text has half a surrogate pair, which has no tokens, or a number is too long
     */
    static Object read(JsonParser parser, String where) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser, where);
            case START_ARRAY -> {
                List<Object> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(read(parser, where));
                }
                yield items;
            }
            case VALUE_STRING -> text(parser.getText(), where);
            case VALUE_NUMBER_INT -> {
                checkLength(parser, where);
                yield parser.getBigIntegerValue();
            }
            case VALUE_NUMBER_FLOAT -> {
                checkLength(parser, where);
                yield Double.valueOf(parser.getText());
            }
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw InvalidInput.of(where, "no value", "must be JSON");
        };
    }

    private static void checkLength(JsonParser parser, String where) throws IOException {
        if (parser.getTextLength() > LONGEST_NUMBER) {
            throw InvalidInput.of(
                    where, "a number of " + parser.getTextLength() + " digits", "must have at most " + LONGEST_NUMBER);
        }
    }

    /** Likewise, the parser at an object's opening brace. */
    static Map<String, Object> object(JsonParser parser, String where) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = text(parser.currentName(), where);
            parser.nextToken();
            fields.put(name, read(parser, where));
        }
        return fields;
    }

    private static String text(String text, String where) {
        for (int i = 0; i < text.length(); i++) {
            char half = text.charAt(i);
            boolean pair = Character.isHighSurrogate(half)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (pair) {
                i++;
            } else if (Character.isSurrogate(half)) {
                throw InvalidInput.of(
                        where, "a text has half a surrogate pair at character " + i, "must be a valid Unicode text");
            }
        }
        return text;
    }
}
