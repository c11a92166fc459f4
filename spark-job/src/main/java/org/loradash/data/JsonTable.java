package org.loradash.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.List;
import org.loradash.tsd.InvalidInput;

/** Objects in an array or a line each, their fields as columns; other fields are passed over. */
record JsonTable() implements Table {
    @Override
    public void forEach(RecordFile file, List<Column> columns, Visitor visitor) throws IOException {
        JsonRecords.forEach(file, (parser, position) -> visitor.row(row(parser, position, columns), position));
    }

    private static String[] row(JsonParser parser, RecordPosition position, List<Column> columns) throws IOException {
        String[] values = new String[columns.size()];
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            parser.nextToken();
            for (int i = 0; i < values.length; i++) {
                if (columns.get(i).name().equals(field)) {
                    values[i] = value(parser, position, columns.get(i));
                }
            }
            parser.skipChildren();
        }
        return values;
    }

    private static String value(JsonParser parser, RecordPosition position, Column column) throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_NULL -> null;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                if (!column.number()) {
                    throw refused(parser, position, column);
                }
                yield parser.getText();
            }
            case VALUE_STRING -> InstructionRecord.unicode(parser.getText(), column.name(), position);
            default -> throw refused(parser, position, column);
        };
    }

    private static InvalidInput refused(JsonParser parser, RecordPosition position, Column column) {
        return InvalidInput.of(
                position.toString(),
                column.name() + " is " + JsonRecords.kind(parser),
                column.number() ? "must be a text or a number" : "must be a text");
    }
}
