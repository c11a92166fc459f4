package org.loradash.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.loradash.tsd.InvalidInput;

/**
 * Records as they are, each an object of JSON in a line, once something that reads them takes them.
 *
 * @param taken names that no field may have
 * @param check what must take every record
 */
public record RowRecords(Set<String> taken, Reading<?> check) implements Reading<String> {
    private static final JsonFactory JSON = new JsonFactory();

    /** A record in UTF-8. */
    public static final Codec<String> CODEC = new Codec<>() {
        @Override
        public int bytes(String row) {
            return row.getBytes(StandardCharsets.UTF_8).length;
        }

        @Override
        public void write(String row, ByteBuffer to) {
            to.put(row.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String read(ByteBuffer from) {
            return StandardCharsets.UTF_8.decode(from).toString();
        }

        @Override
        public int size(String row) {
            return 1;
        }

        @Override
        public int weight(String row) {
            return 1;
        }
    };

    @Override
    public Codec<String> codec() {
        return CODEC;
    }

    @Override
    public RecordReader<String> reader(Configuration hadoop) throws IOException {
        return new Checked(taken, check.reader(hadoop));
    }

    private record Checked(Set<String> taken, RecordReader<?> reader) implements RecordReader<String> {
        @Override
        public void read(RecordFile file, Sink<String> sink) throws IOException {
            JsonRecords.forEach(file, (parser, position) -> {
                String row = row(parser, position);
                check(reader, row, file, position);
                sink.accept(row);
            });
        }

        private static <E> void check(RecordReader<E> reader, String row, RecordFile file, RecordPosition position)
                throws IOException {
            byte[] json = row.getBytes(StandardCharsets.UTF_8);
            reader.read(RecordFile.row(file, position, json), example -> {});
        }

        private String row(JsonParser parser, RecordPosition position) throws IOException {
            StringWriter row = new StringWriter();
            try (JsonGenerator generator = JSON.createGenerator(row)) {
                generator.writeStartObject();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    if (taken.contains(parser.currentName())) {
                        throw InvalidInput.of(
                                position.toString(), "the field " + parser.currentName(), "is what predict adds");
                    }
                    copy(parser, generator);
                }
                generator.writeEndObject();
            }
            return row.toString();
        }

        /** A field with its value, numbers as they are spelt: a decimal may have more digits than a double. */
        private static void copy(JsonParser parser, JsonGenerator generator) throws IOException {
            generator.copyCurrentEvent(parser);
            int depth = 0;
            do {
                JsonToken token = parser.nextToken();
                if (token.isNumeric()) {
                    generator.writeNumber(parser.getText());
                } else {
                    generator.copyCurrentEvent(parser);
                }
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            } while (depth > 0);
        }

        @Override
        public void close() throws IOException {
            reader.close();
        }
    }
}
