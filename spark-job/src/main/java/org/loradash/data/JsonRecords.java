package org.loradash.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;

/**
 * The objects of a file, one after another: of one JSON array, or of JSON lines, as the file's first character tells.
 * The file is never in memory as a whole, and neither is a text longer than {@link #LONGEST_TEXT}.
 */
final class JsonRecords {
    /** The most characters of a text in a record. */
    static final int LONGEST_TEXT = 10_000_000;

    private static final int DEEPEST = 64;

    private static final String FORMS = "must be a JSON array of objects, or an object a line";

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(LONGEST_TEXT)
                    .maxNestingDepth(DEEPEST)
                    .build())
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // Names come from outside: they must not fill the table of interned strings for the life of an executor,
            // nor
            // another one with names that all have the same hash.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    /** What is done with a record: the parser stands at its opening brace, and is left at its closing one. */
    interface Visitor {
        void record(JsonParser parser, RecordPosition position) throws IOException;
    }

    /** What messages call a record: by its number in the file, from 0, and its line, from 1 or 0 in an array. */
    interface Positions {
        RecordPosition of(long record, int line);
    }

    private JsonRecords() {}

    /**
     * Visits every record of a file in order, to its end.
     *
     * @throws InvalidInput likewise
     */
    static long forEach(RecordFile file, Visitor visitor) throws IOException {
        try (InputStream in = file.open()) {
            return forEach(in, file.name(), file::position, file.mayBeEmpty() ? 0 : 1, visitor);
        }
    }

    /**
     * Visits every record of a file in order, reading the stream to its end.
     *
     * @param file the name in messages
     * @return how many records there were, at least one
     * @throws InvalidInput when the file is not JSON, ends too early, or holds no record or something else than objects
     */
    static long forEach(InputStream in, String file, Visitor visitor) throws IOException {
        return forEach(in, file, (record, line) -> new RecordPosition(file, record, line), 1, visitor);
    }

    private static long forEach(InputStream in, String file, Positions positions, int fewest, Visitor visitor)
            throws IOException {
        long record = 0;
        boolean array = false;
        RecordPosition inside = null;
        RecordInput bounded = new RecordInput(in);
        try (JsonParser parser = JSON.createParser(Utf8.reader(bounded))) {
            try {
                JsonToken first = parser.nextToken();
                array = first == JsonToken.START_ARRAY;
                JsonToken last = array ? JsonToken.END_ARRAY : null;
                for (JsonToken token = array ? parser.nextToken() : first; token != last; token = parser.nextToken()) {
                    inside = position(parser.currentTokenLocation(), positions, record, array);
                    if (token != JsonToken.START_OBJECT) {
                        throw InvalidInput.of(inside.toString(), kind(parser), FORMS);
                    }
                    visitor.record(parser, inside);
                    inside = null;
                    record++;
                    bounded.recordEnds();
                }
                if (array && parser.nextToken() != null) {
                    throw InvalidInput.of(file, "something after the array's end", FORMS);
                }
            } catch (JsonProcessingException malformed) {
                // A line that was cut is noticed on the next one, but named by its own.
                throw malformed(malformed, place(inside, parser, positions, record, array));
            } catch (CharacterCodingException notText) {
                RecordPosition where = place(inside, parser, positions, record, array);
                throw new InvalidInput(where + ": not UTF-8 (must be JSON in UTF-8)", notText);
            } catch (RecordInput.TooLong tooLong) {
                RecordPosition where = place(inside, parser, positions, record, array);
                throw new InvalidInput(
                        where + ": more than " + RecordInput.LONGEST + " bytes (must be at most so many in a record)",
                        tooLong);
            }
        }
        if (record < fewest) {
            throw InvalidInput.of(file, "no records", FORMS);
        }
        return record;
    }

    /** What the parser stands at, as a person would call it. */
    static String kind(JsonParser parser) {
        return switch (parser.currentToken()) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a text";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "true or false";
            case VALUE_NULL -> "null";
            default -> "no value";
        };
    }

    /** The record that is being read, or where the parser is when it looks for the next one. */
    private static RecordPosition place(
            RecordPosition inside, JsonParser parser, Positions positions, long record, boolean array) {
        return inside == null ? position(parser.currentLocation(), positions, record, array) : inside;
    }

    private static RecordPosition position(JsonLocation at, Positions positions, long record, boolean array) {
        return positions.of(record, array ? 0 : Math.max(1, at.getLineNr()));
    }

    private static InvalidInput malformed(JsonProcessingException cause, RecordPosition position) {
        if (cause instanceof JsonEOFException) {
            return new InvalidInput(position + ": the file ends inside a record (" + FORMS + ")", cause);
        }
        String problem = Message.oneLine(cause.getOriginalMessage());
        return cause instanceof StreamConstraintsException
                ? new InvalidInput(
                        position + ": " + problem + " (must have texts of at most " + LONGEST_TEXT
                                + " characters, and lists at most " + DEEPEST + " deep)",
                        cause)
                : new InvalidInput(position + ": not JSON: " + problem + " (" + FORMS + ")", cause);
    }
}
