package org.loradash.spark.source;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.loradash.config.DataSettings;
import org.loradash.config.DataSettings.Format;
import org.loradash.config.TableSettings;
import org.loradash.data.FileKind;
import org.loradash.data.FileList;
import org.loradash.tsd.io.FileSystems;

/** Where the records lie that an entry of a setting names, and who reads them. */
public sealed interface Source {

    /**
     * Files that the job reads by itself.
     *
     * @param pieces in the order of their records
     */
    record Files(List<Piece> pieces) implements Source {}

    /**
     * What Spark reads.
     *
     * @param kind of files, or of tables
     * @param name of the table; of files a path, a directory or a pattern
     */
    record Rows(TableSettings.Source kind, String name) implements Source {}

    /**
     * Where an entry's records lie.
     *
     * @param setting that has the entry, for messages
     * @param pieceSize about how many bytes of lines of JSON one task reads
     * @throws org.loradash.tsd.InvalidInput where there is nothing
     */
    public static Source of(Configuration hadoop, DataSettings data, String setting, String entry, long pieceSize) {
        TableSettings.Source given = data.table().source();
        if (data.format().isFolder() || data.format() == Format.LATENTS) {
            return new Files(List.of(Piece.whole(FileSystems.path(entry), true)));
        }
        if (given == TableSettings.Source.TABLE) {
            return new Rows(given, entry);
        }
        List<FileStatus> found = FileList.of(hadoop, setting, entry);
        String name = found.get(0).getPath().getName();
        TableSettings.Source kind = FileKind.of(data, name);
        return FileKind.isReadHere(data.format(), kind)
                ? new Files(pieces(hadoop, entry, found, kind, pieceSize))
                : new Rows(kind, entry);
    }

    private static List<Piece> pieces(
            Configuration hadoop, String entry, List<FileStatus> found, TableSettings.Source kind, long pieceSize) {
        boolean alone = found.size() == 1;
        // The user's own spelling is in the messages of a file.
        Optional<Path> given = alone
                        && found.get(0)
                                .getPath()
                                .getName()
                                .equals(FileSystems.path(entry).getName())
                ? Optional.of(FileSystems.path(entry))
                : Optional.empty();
        List<Piece> pieces = new ArrayList<>();
        for (FileStatus file : found) {
            Path path = given.orElse(file.getPath());
            boolean inParts = kind == TableSettings.Source.JSON
                    && file.getLen() > pieceSize
                    && !FileKind.isPacked(path.getName())
                    && hasLines(hadoop, path);
            if (!inParts) {
                pieces.add(Piece.whole(path, alone));
                continue;
            }
            for (long from = 0; from < file.getLen(); from += pieceSize) {
                pieces.add(new Piece(path.toString(), from, Math.min(file.getLen(), from + pieceSize), false));
            }
        }
        return List.copyOf(pieces);
    }

    /** An array is one value from its beginning to its end. */
    private static boolean hasLines(Configuration hadoop, Path path) {
        try (InputStream in = FileSystems.of("data", path, hadoop).open(path)) {
            int first = in.read();
            while (first == ' ' || first == '\t' || first == '\r' || first == '\n') {
                first = in.read();
            }
            return first == '{';
        } catch (IOException unreadable) {
            return false;
        }
    }

    /**
     * A file, or the lines of one that begin within a range of its bytes.
     *
     * @param from the first byte at which a line may begin
     * @param to behind the last one
     * @param alone whether it is all that an entry names
     */
    record Piece(String path, long from, long to, boolean alone) implements java.io.Serializable {
        static Piece whole(Path path, boolean alone) {
            return new Piece(path.toString(), 0, Long.MAX_VALUE, alone);
        }

        boolean isWhole() {
            return to == Long.MAX_VALUE;
        }
    }
}
