package org.loradash.config;

import static org.loradash.config.ValueType.choice;
import static org.loradash.config.ValueType.flag;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What files of records are, and how {@code data.format = text} finds texts and labels in them. Columns are names, or numbers from 0 where a file has no
 * header.
 *
 * @param source what files are
 * @param header whether the first line of CSV and TSV files has the columns' names
 * @param skipShortRows whether lines of CSV and TSV files with too few columns are passed over
 * @param texts the column of texts, and that of second texts where there are pairs
 * @param label the column of what is to be learnt
 */
public record TableSettings(Source source, boolean header, boolean skipShortRows, List<String> texts, String label)
        implements Serializable {
    private static final String COLUMN = "a column's name, or its number from 0";

    static final Key<Source> SOURCE = Key.of(
            "data.source",
            choice(Source.class),
            Source.AUTO,
            "what is read: files, or tables of Spark's catalogue by their names; auto: as names end, .gz or .zst behind it or not,"
                    + " and JSON where they do not say",
            settings -> settings.data().table().source());

    static final Key<Boolean> HEADER = Key.of(
            "data.header",
            flag(),
            true,
            "whether the first line of CSV and TSV files names their columns",
            settings -> settings.data().table().header());

    static final Key<Boolean> SKIP_SHORT_ROWS = Key.of(
            "data.skip-short-rows",
            flag(),
            false,
            "pass over lines of CSV and TSV files that have too few columns, as GLUE's QQP has, instead of refusing them",
            settings -> settings.data().table().skipShortRows());

    static final Key<String> TEXT = Key.of(
            "data.columns.text", ValueType.text(COLUMN), "text", "the column of texts", settings -> settings.data()
                    .table()
                    .text());

    static final Key<String> PAIR = Key.optional(
            "data.columns.pair", ValueType.text(COLUMN), "the column of second texts", settings -> settings.data()
                    .table()
                    .pair());

    static final Key<String> LABEL = Key.of(
            "data.columns.label",
            ValueType.text(COLUMN),
            "label",
            "the column of classes or numbers",
            settings -> settings.data().table().label());

    static final List<Key<?>> KEYS = List.of(SOURCE, HEADER, SKIP_SHORT_ROWS, TEXT, PAIR, LABEL);

    /** What is in force where nothing is given. */
    public static final TableSettings USUAL = new TableSettings(Source.AUTO, true, false, List.of("text"), "label");

    static TableSettings of(Values given) {
        return new TableSettings(
                given.value(SOURCE),
                given.value(HEADER),
                given.value(SKIP_SHORT_ROWS),
                Stream.concat(Stream.of(given.value(TEXT)), given.optional(PAIR).stream())
                        .toList(),
                given.value(LABEL));
    }

    /** The column of texts. */
    public String text() {
        return texts.get(0);
    }

    /** The column of second texts. */
    public Optional<String> pair() {
        return texts.stream().skip(1).findFirst();
    }

    /** What a file is. */
    public enum Source {
        /** As its name ends. */
        AUTO,
        /** An array of objects, or an object a line. */
        JSON,
        /** Values between commas, in quotes where they need be (RFC 4180). */
        CSV,
        /** Values between tabs, without quotes. */
        TSV,
        PARQUET,
        ORC,
        AVRO,
        /** A table of the session's catalogue, by its name. */
        TABLE
    }
}
