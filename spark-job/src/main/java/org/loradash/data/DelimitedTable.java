package org.loradash.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.List;
import org.loradash.tsd.Counted;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;

/**
 * Lines of values between commas or tabs.
 *
 * @param quotes whether a value may stand in quotes (RFC 4180); where not, a quote is a character like others
 * @param header whether the first line has the columns' names
 * @param skipShortRows whether a line with too few values is passed over
 */
record DelimitedTable(char delimiter, boolean quotes, boolean header, boolean skipShortRows) implements Table {
    @Override
    public void forEach(RecordFile file, List<Column> columns, Visitor visitor) throws IOException {
        try (InputStream in = file.open()) {
            read(in, file.name(), file.mayBeEmpty(), columns, visitor);
        }
    }

    private void read(InputStream in, String file, boolean mayBeEmpty, List<Column> columns, Visitor visitor)
            throws IOException {
        RecordInput bounded = new RecordInput(in);
        DelimitedLines lines = new DelimitedLines(delimiter, quotes);
        try {
            lines.open(Utf8.reader(bounded));
            List<String> first = header ? lines.next() : List.of();
            if (first == null && mayBeEmpty) {
                return;
            }
            if (first == null) {
                throw InvalidInput.of(file, "no line", "must have a header with the names of its columns");
            }
            int[] indices = columns.stream()
                    .mapToInt(column -> index(column, first, file))
                    .toArray();
            int fewest = Arrays.stream(indices).max().orElse(0) + 1;
            long record = 0;
            bounded.recordEnds();
            for (List<String> values = lines.next(); values != null; values = lines.next()) {
                RecordPosition position = new RecordPosition(file, record, lines.number());
                // Where nothing can be quoted a longer line is no sign of a mistake.
                if (quotes && header && values.size() > first.size()) {
                    throw InvalidInput.of(
                            position.toString(),
                            Counted.of(values.size(), "column"),
                            "must have " + first.size() + ", as the header; a text with a " + separator()
                                    + " needs quotes");
                }
                if (values.size() >= fewest) {
                    visitor.row(Arrays.stream(indices).mapToObj(values::get).toArray(String[]::new), position);
                    record++;
                } else if (!skipShortRows) {
                    throw InvalidInput.of(
                            position.toString(),
                            Counted.of(values.size(), "column"),
                            "must have at least " + fewest + "; data.skip-short-rows = true passes over such lines");
                }
                bounded.recordEnds();
            }
            if (record == 0 && !mayBeEmpty) {
                throw InvalidInput.of(file, "no records", "must have one a line" + (header ? " after its header" : ""));
            }
        } catch (DelimitedLines.Malformed malformed) {
            throw InvalidInput.of(file + " line " + malformed.line(), malformed.getMessage(), malformed.allowed());
        } catch (CharacterCodingException notText) {
            throw new InvalidInput(file + " line " + lines.reached() + ": not UTF-8 (must be text in UTF-8)", notText);
        } catch (RecordInput.TooLong tooLong) {
            throw new InvalidInput(
                    file + " line " + lines.number() + ": more than " + RecordInput.LONGEST
                            + " bytes (must be at most so many in a record)",
                    tooLong);
        }
    }

    private int index(Column column, List<String> names, String file) {
        if (!header) {
            if (!column.name().matches("\\d{1,4}")) {
                throw InvalidInput.of(
                        column.key(), column.name(), "must be a column's number, from 0: data.header is false");
            }
            return Integer.parseInt(column.name());
        }
        int index = names.indexOf(column.name());
        if (index < 0 || index != names.lastIndexOf(column.name())) {
            boolean otherwise = names.size() == 1 && names.get(0).matches("(?s).*[,;\t|].*");
            throw InvalidInput.of(
                    column.key(),
                    column.name(),
                    "must be one column of " + file + ": " + Message.oneLine(String.join(", ", names))
                            + (otherwise ? "; the separator must be a " + separator() : ""));
        }
        return index;
    }

    private String separator() {
        return delimiter == ',' ? "comma" : "tab";
    }
}
