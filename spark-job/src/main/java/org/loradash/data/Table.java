package org.loradash.data;

import java.io.IOException;
import java.util.List;
import org.loradash.config.TableSettings;
import org.loradash.tsd.InvalidInput;

/** A kind of file that has records as rows and their texts and labels as columns. */
interface Table {

    /** What is done with a row. */
    interface Visitor {
        /** @param values of the columns, in the order in which they were asked for; null where a row has none */
        void row(String[] values, RecordPosition position) throws IOException;
    }

    /**
     * Visits every row in the file's order, reading the file to its end.
     *
     * @throws InvalidInput where it is no such file, holds no row, or lacks a column
     */
    void forEach(RecordFile file, List<Column> columns, Visitor visitor) throws IOException;

    /**
     * What reads a file.
     *
     * @throws InvalidInput where neither the settings nor the file's name says what it is
     */
    static Table of(TableSettings settings, RecordFile file) {
        if (file.isRows()) {
            return new JsonTable();
        }
        TableSettings.Source source = settings.source() == TableSettings.Source.AUTO
                ? FileKind.ofName(file.name())
                        .orElseThrow(() -> InvalidInput.of(file.setting(), file.name(), FileKind.ALLOWED))
                : settings.source();
        return switch (source) {
            case JSON -> new JsonTable();
            case CSV -> new DelimitedTable(',', true, settings.header(), settings.skipShortRows());
            case TSV -> new DelimitedTable('\t', false, settings.header(), settings.skipShortRows());
            case PARQUET -> new ParquetTable();
            case AUTO, ORC, AVRO, TABLE -> throw new IllegalStateException(source + " is read by Spark");
        };
    }
}
