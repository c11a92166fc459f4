package org.loradash.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;

/**
 * A record of the {@code tokens} format: {@code {"input_ids": [...], "labels": [...], "attention_mask": [...]}}, the last two
 * optional. Tokens that the mask leaves out at the beginning or the end are padding and no part of the record, nor are
 * their labels. Notes may stand beside, but no lists of numbers, which say something of each token.
 */
final class TokenRecord {
    private static final String MASK = "attention_mask";
    private static final Pattern OF_TOKENS = Pattern.compile("(?i)label|.*(_ids|masks?|weights?|embeds?)");

    private TokenRecord() {}

    /**
     * Reads the object that the parser has just opened, up to its end. Without labels, every token is a label.
     *
     * @param vocabularySize tokens are from 0 to one less, labels those or {@link Sequence#NO_LABEL}
     * @param cutoff tokens beyond so many are checked and dropped
     * @throws InvalidInput when the arrays are missing, hold something else, disagree in length, or leave nothing to
     *     predict; when the mask leaves out tokens in the middle; when there is a field that this format does not have
     */
    static Sequence read(JsonParser parser, RecordPosition position, int vocabularySize, int cutoff)
            throws IOException {
        Numbers tokens = null;
        Numbers labels = null;
        Numbers mask = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            parser.nextToken();
            switch (field) {
                case "input_ids" -> tokens = numbers(parser, field, position, vocabularySize);
                case "labels" -> labels = numbers(parser, field, position, vocabularySize);
                case MASK -> mask = numbers(parser, field, position, 2);
                default -> passOver(parser, field, position);
            }
        }
        if (tokens == null) {
            throw InvalidInput.of(
                    position.toString(), "no input_ids", "a record has the array input_ids, and may have labels");
        }
        checkAsMany(labels, "labels", tokens, position);
        checkAsMany(mask, MASK, tokens, position);
        int from = mask == null ? 0 : mask.indexOf(1, 0);
        int to = mask == null ? tokens.count : mask.indexOf(0, from);
        if (mask != null && mask.indexOf(1, to) < mask.count) {
            throw InvalidInput.of(
                    position.toString(),
                    MASK + " is 0 at " + to + " and 1 behind it",
                    "0 must be padding, at the ends");
        }
        if (to - from < 2) {
            throw InvalidInput.of(
                    position.toString(),
                    (to - from) + " input_ids" + (to - from < tokens.count ? " that are not padding" : ""),
                    "must be at least 2, one to predict from another");
        }
        int end = (int) Math.min(to, (long) from + cutoff);
        int[] kept = tokens.part(from, end);
        Sequence sequence = new Sequence(kept, labels == null ? kept : labels.part(from, end));
        if (sequence.labelledTokens() == 0) {
            throw InvalidInput.of(
                    position.toString(),
                    "a record without labels",
                    "of its first " + cutoff + " tokens, data.cutoff, one after the first must have a label other than "
                            + Sequence.NO_LABEL);
        }
        return sequence;
    }

    private static void checkAsMany(Numbers given, String field, Numbers tokens, RecordPosition position) {
        if (given != null && given.count != tokens.count) {
            throw InvalidInput.of(
                    position.toString(),
                    given.count + " " + field + " for " + tokens.count + " input_ids",
                    "must be as many");
        }
    }

    /** Passes over notes, and refuses what may change the meaning of tokens, such as position_ids, weights or a loss_mask. */
    private static void passOver(JsonParser parser, String field, RecordPosition position) throws IOException {
        boolean note = parser.currentToken() == JsonToken.VALUE_NULL
                || !OF_TOKENS.matcher(field).matches();
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                note &= !parser.currentToken().isNumeric();
                parser.skipChildren();
            }
        }
        parser.skipChildren();
        if (!note) {
            throw InvalidInput.of(
                    position.toString(),
                    "the field " + Message.oneLine(field),
                    "must be input_ids, labels or attention_mask, or a note without a number for each token");
        }
    }

    private static Numbers numbers(JsonParser parser, String field, RecordPosition position, int below)
            throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw InvalidInput.of(
                    position.toString(), field + " is " + JsonRecords.kind(parser), "must be an array of integers");
        }
        boolean labels = field.equals("labels");
        Numbers numbers = new Numbers();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
                throw InvalidInput.of(
                        position.toString(), JsonRecords.kind(parser) + " in " + field, "must be an array of integers");
            }
            // An integer of more than 32 bits would be refused by the parser in words of its own.
            int number = parser.getNumberType() == NumberType.INT ? parser.getIntValue() : -1;
            boolean allowed = number >= 0 && number < below || labels && number == Sequence.NO_LABEL;
            if (!allowed) {
                throw outOfRange(field, parser.getText(), position, below);
            }
            numbers.add(number);
        }
        return numbers;
    }

    private static InvalidInput outOfRange(String field, String number, RecordPosition position, int below) {
        return switch (field) {
            case MASK -> InvalidInput.of(position.toString(), number + " in " + MASK, "must be 1, or 0 for padding");
            case "labels" -> InvalidInput.of(
                    position.toString(),
                    "label " + number,
                    "must be from 0 to " + (below - 1) + ", the model's vocabulary, or " + Sequence.NO_LABEL
                            + " for none");
            default -> InvalidInput.of(
                    position.toString(),
                    "token " + number,
                    "must be from 0 to " + (below - 1) + ", the model's vocabulary");
        };
    }

    /** An array's numbers. */
    private static final class Numbers {
        private int[] values = new int[256];
        private int count;

        void add(int value) {
            if (count == values.length) {
                values = Arrays.copyOf(values, Math.multiplyExact(2, count));
            }
            values[count++] = value;
        }

        /** Where a value is first, from there on; their count where it is not. */
        int indexOf(int value, int from) {
            int index = from;
            while (index < count && values[index] != value) {
                index++;
            }
            return index;
        }

        int[] part(int from, int to) {
            return Arrays.copyOfRange(values, from, to);
        }
    }
}
