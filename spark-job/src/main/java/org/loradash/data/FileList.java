package org.loradash.data;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;

/**
 * The files that a path names: itself, those of a directory and of the directories in it, or those that match a pattern of
 * Hadoop's ({@code *}, {@code ?}, {@code [...]}, {@code {...}}). In a directory, names that begin with an underscore or a dot
 * are passed over, as Spark does.
 */
public final class FileList {
    private FileList() {}

    /**
     * The files, in the order of their whole names.
     *
     * @param setting that names them, for messages
     * @throws InvalidInput where there is none
     */
    public static List<FileStatus> of(Configuration hadoop, String setting, String given) {
        FileSystem files = FileSystems.of(setting, given, hadoop);
        Path path = FileSystems.path(given);
        List<FileStatus> found = new ArrayList<>();
        try {
            for (FileStatus named : named(files, path)) {
                add(files, named, found);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(given, e);
        }
        if (found.isEmpty()) {
            throw InvalidInput.of(setting, given, "must be a file; there is none");
        }
        found.sort(Comparator.comparing(file -> file.getPath().toString()));
        return List.copyOf(found);
    }

    /** A file whose name has a pattern's characters goes before the pattern. */
    private static FileStatus[] named(FileSystem files, Path path) throws IOException {
        try {
            return new FileStatus[] {files.getFileStatus(path)};
        } catch (FileNotFoundException none) {
            FileStatus[] matching = path.toString().matches(".*[*?\\[{].*") ? files.globStatus(path) : null;
            return matching == null ? new FileStatus[0] : matching;
        }
    }

    private static void add(FileSystem files, FileStatus named, List<FileStatus> found) throws IOException {
        if (named.isFile()) {
            found.add(named);
            return;
        }
        for (FileStatus inside : files.listStatus(named.getPath())) {
            char first = inside.getPath().getName().charAt(0);
            if (first != '_' && first != '.') {
                add(files, inside, found);
            }
        }
    }
}
