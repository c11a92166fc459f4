package org.loradash.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
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
        TableSettings.Source source = settings.source() == TableSettings.Source.AUTO ? byName(file) : settings.source();
        return switch (source) {
            case JSON -> new JsonTable();
            case CSV -> new DelimitedTable(',', true, settings.header(), settings.skipShortRows());
            case TSV -> new DelimitedTable('\t', false, settings.header(), settings.skipShortRows());
            case PARQUET -> new ParquetTable();
            case AUTO -> throw new IllegalStateException("a name that is " + source);
        };
    }

    private static TableSettings.Source byName(RecordFile file) {
        String name = withoutGzip(file.name());
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "json", "jsonl", "ndjson" -> TableSettings.Source.JSON;
            case "csv" -> TableSettings.Source.CSV;
            case "tsv" -> TableSettings.Source.TSV;
            case "parquet" -> TableSettings.Source.PARQUET;
            default -> throw InvalidInput.of(
                    file.setting(),
                    file.name(),
                    "its name must end in .json, .jsonl, .csv, .tsv or .parquet, or data.source must say what it is");
        };
    }

    private static String withoutGzip(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".gz") ? lower.substring(0, lower.length() - 3) : lower;
    }

    /** Reads bytes to their end. */
    interface Reading {
        void read(InputStream in) throws IOException;
    }

    /**
     * Reads a file, unpacked where its name ends in .gz.
     *
     * @throws InvalidInput where it is not packed then
     */
    static void read(RecordFile file, Reading reading) throws IOException {
        try (InputStream bytes = file.open()) {
            if (file.name().toLowerCase(Locale.ROOT).endsWith(".gz")) {
                try (InputStream unpacked = new GZIPInputStream(bytes)) {
                    reading.read(unpacked);
                } catch (ZipException | EOFException damaged) {
                    throw new InvalidInput(file.name() + ": not what gzip makes (must be, as its name ends)", damaged);
                }
            } else {
                reading.read(bytes);
            }
        }
    }
}
