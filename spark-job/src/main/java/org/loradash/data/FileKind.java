package org.loradash.data;

import java.util.Optional;
import org.loradash.config.DataSettings;
import org.loradash.config.TableSettings.Source;

/** What files of records are, as their names end. */
public final class FileKind {
    static final String ALLOWED =
            "its name must end in .json, .jsonl, .csv, .tsv, .parquet, .orc or .avro, or data.source must say what it is";

    private FileKind() {}

    /** What a file of that name is, packed or not; nothing where its ending does not say it. */
    public static Optional<Source> ofName(String name) {
        String unpacked = Packing.unpackedName(name);
        return switch (unpacked.substring(unpacked.lastIndexOf('.') + 1)) {
            case "json", "jsonl", "ndjson" -> Optional.of(Source.JSON);
            case "csv" -> Optional.of(Source.CSV);
            case "tsv" -> Optional.of(Source.TSV);
            case "parquet" -> Optional.of(Source.PARQUET);
            case "orc" -> Optional.of(Source.ORC);
            case "avro" -> Optional.of(Source.AVRO);
            default -> Optional.empty();
        };
    }

    /** What files are whose first one has that name: as is given, or as the name ends, or JSON. */
    public static Source of(DataSettings data, String name) {
        Source given = data.table().source();
        return given == Source.AUTO ? ofName(name).orElse(Source.JSON) : given;
    }

    /** Whether the job itself reads records of that format in such files; otherwise Spark does. */
    public static boolean isReadHere(DataSettings.Format format, Source kind) {
        return switch (kind) {
            case JSON -> true;
            case CSV, TSV, PARQUET -> format == DataSettings.Format.TEXT;
            case ORC, AVRO, TABLE, AUTO -> false;
        };
    }

    /** Whether a file of that name is packed as a whole, so that it can be read from its beginning alone. */
    public static boolean isPacked(String name) {
        return Packing.ofName(name) != Packing.NONE;
    }
}
