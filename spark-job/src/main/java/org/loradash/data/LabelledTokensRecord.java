package org.loradash.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;

/**
 * A record of the {@code tokens} format of a text: {@code {"input_ids": [...], "token_type_ids": [...], "label": 1}}, the
 * second optional. The tokens are the whole text, its special ones among them.
 *
 * @param classes how many there are; nothing where the label is any number
 */
record LabelledTokensRecord(TextRecords.Limits limits, Optional<Integer> classes) {

    /**
     * Reads the object that the parser has just opened, up to its end.
     *
     * @throws InvalidInput where something is missing, is of another kind or out of range
     */
    LabelledTokens read(JsonParser parser, RecordPosition position) throws IOException {
        int[] tokens = null;
        int[] types = null;
        Float label = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            parser.nextToken();
            switch (field) {
                case "input_ids" -> tokens =
                        numbers(parser, position, "token", limits.vocabularySize(), "the model's vocabulary");
                case "token_type_ids" -> types = numbers(
                        parser, position, "token type", Math.min(limits.types(), 128), "the model's token types");
                case "label" -> label = label(parser, position);
                default -> throw InvalidInput.of(
                        position.toString(),
                        "the field " + Message.oneLine(field),
                        "must be input_ids, token_type_ids or label");
            }
        }
        if (tokens == null || label == null) {
            throw InvalidInput.of(
                    position.toString(),
                    tokens == null ? "no input_ids" : "no label",
                    "a record has the array input_ids and a label, and may have token_type_ids");
        }
        if (tokens.length == 0 || types != null && types.length != tokens.length) {
            throw InvalidInput.of(
                    position.toString(),
                    tokens.length == 0
                            ? "no token"
                            : types.length + " token_type_ids for " + tokens.length + " input_ids",
                    "must be at least one token, and a type for each or none at all");
        }
        byte[] kept = new byte[tokens.length];
        for (int i = 0; types != null && i < types.length; i++) {
            kept[i] = (byte) types[i];
        }
        return new LabelledTokens(tokens, kept, label);
    }

    private float label(JsonParser parser, RecordPosition position) throws IOException {
        boolean fits = classes.isPresent()
                ? parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                        && parser.getNumberType() == NumberType.INT
                        && parser.getIntValue() >= 0
                        && parser.getIntValue() < classes.get()
                : parser.currentToken().isNumeric() && Float.isFinite(parser.getFloatValue());
        if (!fits) {
            throw InvalidInput.of(
                    position.toString(),
                    "label "
                            + (parser.currentToken().isScalarValue()
                                    ? Message.oneLine(parser.getText())
                                    : JsonRecords.kind(parser)),
                    classes.map(count -> "must be a class, from 0 to " + (count - 1))
                            .orElse("must be a finite number"));
        }
        return parser.getFloatValue();
    }

    private static int[] numbers(JsonParser parser, RecordPosition position, String what, int below, String of)
            throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw InvalidInput.of(
                    position.toString(), what + "s are " + JsonRecords.kind(parser), "must be an array of integers");
        }
        int[] numbers = new int[256];
        int count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
                throw InvalidInput.of(
                        position.toString(), JsonRecords.kind(parser) + " among " + what + "s", "must be an integer");
            }
            int number = parser.getNumberType() == NumberType.INT ? parser.getIntValue() : -1;
            if (number < 0 || number >= below) {
                throw InvalidInput.of(
                        position.toString(),
                        what + " " + parser.getText(),
                        "must be from 0 to %d, %s".formatted(below - 1, of));
            }
            numbers = count == numbers.length ? Arrays.copyOf(numbers, Math.multiplyExact(2, count)) : numbers;
            numbers[count++] = number;
        }
        return Arrays.copyOf(numbers, count);
    }
}
