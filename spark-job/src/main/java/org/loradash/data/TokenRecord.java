package org.loradash.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Arrays;
import org.loradash.tsd.InvalidInput;

/** A record of the {@code tokens} format: {@code {"input_ids": [...], "labels": [...]}}, labels optional. */
final class TokenRecord {
    private TokenRecord() {}

    /**
     * Reads the object that the parser has just opened, up to its end. Without labels, every token is a label.
     *
     * @param vocabularySize tokens are from 0 to one less, labels those or {@link Sequence#NO_LABEL}
     * @param cutoff tokens beyond so many are checked and dropped
     * @throws InvalidInput when the arrays are missing, hold something else, disagree in length, or leave nothing to
     *     predict
     */
    static Sequence read(JsonParser parser, RecordPosition position, int vocabularySize, int cutoff)
            throws IOException {
        Numbers tokens = null;
        Numbers labels = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            parser.nextToken();
            switch (field) {
                case "input_ids" -> tokens = numbers(parser, field, position, vocabularySize, cutoff);
                case "labels" -> labels = numbers(parser, field, position, vocabularySize, cutoff);
                default -> parser.skipChildren();
            }
        }
        if (tokens == null) {
            throw InvalidInput.of(
                    position.toString(), "no input_ids", "a record has the array input_ids, and may have labels");
        }
        if (labels != null && labels.count != tokens.count) {
            throw InvalidInput.of(
                    position.toString(),
                    labels.count + " labels for " + tokens.count + " input_ids",
                    "must be as many");
        }
        if (tokens.count < 2) {
            throw InvalidInput.of(
                    position.toString(),
                    tokens.count + " input_ids",
                    "must be at least 2, one to predict from another");
        }
        int[] kept = tokens.kept();
        Sequence sequence = new Sequence(kept, labels == null ? kept : labels.kept());
        if (sequence.labelledTokens() == 0) {
            throw InvalidInput.of(
                    position.toString(),
                    "a record without labels",
                    "of its first " + cutoff + " tokens, data.cutoff, one after the first must have a label other than "
                            + Sequence.NO_LABEL);
        }
        return sequence;
    }

    private static Numbers numbers(
            JsonParser parser, String field, RecordPosition position, int vocabularySize, int cutoff)
            throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw InvalidInput.of(
                    position.toString(), field + " is " + JsonRecords.kind(parser), "must be an array of integers");
        }
        boolean labels = field.equals("labels");
        Numbers numbers = new Numbers(cutoff);
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
                throw InvalidInput.of(
                        position.toString(), JsonRecords.kind(parser) + " in " + field, "must be an array of integers");
            }
            // An integer of more than 32 bits would be refused by the parser in words of its own.
            int number = parser.getNumberType() == NumberType.INT ? parser.getIntValue() : -1;
            boolean allowed = number >= 0 && number < vocabularySize || labels && number == Sequence.NO_LABEL;
            if (!allowed) {
                throw InvalidInput.of(
                        position.toString(),
                        (labels ? "label " : "token ") + parser.getText(),
                        "must be from 0 to " + (vocabularySize - 1) + ", the model's vocabulary"
                                + (labels ? ", or " + Sequence.NO_LABEL + " for none" : ""));
            }
            numbers.add(number);
        }
        return numbers;
    }

    /** The first so many of an array's numbers, and how many there were. */
    private static final class Numbers {
        private final int limit;
        private int[] values;
        private long count;

        Numbers(int limit) {
            this.limit = limit;
            this.values = new int[Math.min(limit, 256)];
        }

        void add(int value) {
            if (count < limit) {
                if (count == values.length) {
                    values = Arrays.copyOf(values, (int) Math.min(limit, 2L * values.length));
                }
                values[(int) count] = value;
            }
            count++;
        }

        int[] kept() {
            return Arrays.copyOf(values, (int) Math.min(count, limit));
        }
    }
}
