package org.loradash.spark.source;

import java.util.Iterator;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.Row;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.Secrets;

/**
 * Rows as Spark reads them, whose own mistakes in records are the user's: a line of CSV with more values than the header, a file
 * that is none of its kind.
 *
 * @param entry the user's name of them
 */
record CheckedRows(Iterator<Row> rows, String entry) implements Iterator<Row> {
    private static final String MALFORMED = "MALFORMED_CSV_RECORD";

    @Override
    public boolean hasNext() {
        return checked(rows::hasNext);
    }

    @Override
    public Row next() {
        return checked(rows::next);
    }

    private <T> T checked(Supplier<T> read) {
        try {
            return read.get();
        } catch (Exception refused) {
            // Scala throws what Java would have to declare.
            throw mistake(refused)
                    .map(said -> new InvalidInput(Secrets.hidden(entry) + ": " + said, refused))
                    .orElseThrow(() ->
                            refused instanceof RuntimeException known ? known : new IllegalStateException(refused));
        }
    }

    /** The innermost that Spark has a name for; nothing where Spark has not refused a record. */
    private static Optional<String> mistake(Throwable refused) {
        Optional<String> said = Optional.empty();
        for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
            if (cause instanceof SparkThrowable named && named.getErrorClass() != null) {
                String allowed = named.getErrorClass().startsWith(MALFORMED)
                        ? " (must have as many values as the header; a text with a separator needs quotes)"
                        : " (must be what Spark reads)";
                said = Optional.of(OrderedRows.firstSentence(cause.getMessage()) + allowed);
            }
        }
        return said;
    }
}
