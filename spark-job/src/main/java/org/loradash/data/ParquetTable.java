package org.loradash.data;

import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;

/** Columns of texts and numbers in a Parquet file, read as its rows lie. */
record ParquetTable() implements Table {
    @Override
    public void forEach(RecordFile file, List<Column> columns, Visitor visitor) throws IOException {
        file.readWhole();
        Configuration configuration = new Configuration(file.configuration());
        MessageType whole = parse(file, () -> schema(file, configuration));
        MessageType wanted = new MessageType(
                whole.getName(),
                columns.stream()
                        .map(column -> type(column, whole, file))
                        .distinct()
                        .toList());
        configuration.set(ReadSupport.PARQUET_READ_SCHEMA, wanted.toString());
        int[] fields = columns.stream()
                .mapToInt(column -> wanted.getFieldIndex(column.name()))
                .toArray();
        long record = 0;
        try (ParquetReader<Group> reader = parse(file, () -> ParquetReader.builder(new GroupReadSupport(), file.path())
                .withConf(configuration)
                .build())) {
            for (String[] row = parse(file, () -> row(reader, fields)); row != null; ) {
                visitor.row(row, new RecordPosition(file.name(), record++, 0));
                row = parse(file, () -> row(reader, fields));
            }
        }
        if (record == 0 && !file.mayBeEmpty()) {
            throw InvalidInput.of(file.name(), "no records", "must have one a row");
        }
    }

    private static MessageType schema(RecordFile file, Configuration configuration) throws IOException {
        try (ParquetFileReader reader = ParquetFileReader.open(HadoopInputFile.fromPath(file.path(), configuration))) {
            return reader.getFooter().getFileMetaData().getSchema();
        }
    }

    private static String[] row(ParquetReader<Group> reader, int[] fields) throws IOException {
        Group row = reader.read();
        if (row == null) {
            return null;
        }
        String[] values = new String[fields.length];
        for (int i = 0; i < fields.length; i++) {
            values[i] = row.getFieldRepetitionCount(fields[i]) == 0 ? null : row.getValueToString(fields[i], 0);
        }
        return values;
    }

    private interface Parsing<T> {
        T parse() throws IOException;
    }

    /** The library has no exception for files that are none. What a file system says comes as it is. */
    private static <T> T parse(RecordFile file, Parsing<T> parsing) throws IOException {
        try {
            return parsing.parse();
        } catch (RuntimeException | EOFException malformed) {
            throw notParquet(file, malformed);
        } catch (IOException failed) {
            if (failed.getCause() == null || failed.getCause() instanceof IOException) {
                throw failed;
            }
            throw notParquet(file, failed);
        }
    }

    private static InvalidInput notParquet(RecordFile file, Exception malformed) {
        return new InvalidInput(
                file.name() + ": not a Parquet file: " + Message.oneLine(String.valueOf(malformed.getMessage()))
                        + " (must be one)",
                malformed);
    }

    private static Type type(Column column, MessageType schema, RecordFile file) {
        if (!schema.containsField(column.name())) {
            List<String> names = schema.getFields().stream().map(Type::getName).toList();
            throw InvalidInput.of(
                    column.key(),
                    column.name(),
                    "must be one column of " + file.name() + ": " + Message.oneLine(String.join(", ", names)));
        }
        Type type = schema.getType(column.name());
        if (!isText(type) && !(column.number() && isNumber(type))) {
            throw InvalidInput.of(
                    file.name() + ": column " + column.name(),
                    Message.oneLine(type.toString()),
                    column.number() ? "must be of texts or numbers" : "must be of texts");
        }
        return type;
    }

    private static boolean isText(Type type) {
        return isValue(type)
                && type.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY
                && type.getLogicalTypeAnnotation() instanceof StringLogicalTypeAnnotation;
    }

    private static boolean isNumber(Type type) {
        boolean plain = type.getLogicalTypeAnnotation() == null
                || type.getLogicalTypeAnnotation() instanceof IntLogicalTypeAnnotation whole && whole.isSigned();
        return isValue(type)
                && plain
                && switch (type.asPrimitiveType().getPrimitiveTypeName()) {
                    case INT32, INT64, FLOAT, DOUBLE -> true;
                    default -> false;
                };
    }

    private static boolean isValue(Type type) {
        return type.isPrimitive() && !type.isRepetition(Repetition.REPEATED);
    }
}
