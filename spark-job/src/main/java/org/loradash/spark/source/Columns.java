package org.loradash.spark.source;

import static org.apache.spark.sql.functions.col;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.StructType;

/** Columns of rows by their names, as they are written: one with a dot is no path into a structure. */
public final class Columns {
    private Columns() {}

    /** The column of a name. */
    public static Column named(String name) {
        return col("`" + name.replace("`", "``") + "`");
    }

    /**
     * Columns under other names.
     *
     * @param columns what each is to be called, and what it is called
     */
    public static Column[] renamed(Map<String, String> columns) {
        return columns.entrySet().stream()
                .map(column -> named(column.getValue()).as(column.getKey()))
                .toArray(Column[]::new);
    }

    /** @throws IllegalArgumentException for a name that no column has */
    public static void check(StructType schema, Collection<String> names) {
        List<String> there = List.of(schema.fieldNames());
        for (String name : names) {
            if (!there.contains(name)) {
                throw new IllegalArgumentException(
                        "no column %s (there are %s)".formatted(name, String.join(", ", there)));
            }
        }
    }
}
