package org.loradash.tsd.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.loradash.tsd.InvalidInput;

/** The file system of a path that a user gave. */
public final class FileSystems {
    private FileSystems() {}

    /**
     * @param where the setting that gave the path, for errors
     * @throws InvalidInput where Hadoop knows no file system of the path's scheme, the path is none, or the file system
     *     says that what was given is no address of it
     */
    public static FileSystem of(String where, String path, Configuration hadoop) {
        try {
            return new Path(path).getFileSystem(hadoop);
        } catch (UnsupportedFileSystemException e) {
            throw InvalidInput.of(where, path, "must be on a file system that Hadoop is set up for");
        } catch (IllegalArgumentException e) {
            throw InvalidInput.of(where, path, "must be a path or a Hadoop URI");
        } catch (IOException e) {
            // What the network does comes as an exception of a class of its own.
            if (e.getClass() == IOException.class) {
                throw InvalidInput.of(where, path, "must be a path or a Hadoop URI: " + e.getMessage());
            }
            throw new UncheckedIOException(path, e);
        }
    }

    /**
     * Refuses what is no directory and where none can be made, as far as can be told without making it.
     *
     * @param where the setting that gave the path, for errors
     */
    public static void checkDirectory(String where, String path, Configuration hadoop) {
        FileSystem files = of(where, path, hadoop);
        try {
            for (Path place = new Path(path); place != null; place = place.getParent()) {
                if (files.exists(place)) {
                    if (!files.getFileStatus(place).isDirectory()) {
                        throw InvalidInput.of(where, path, "must be a directory, or where one can be made");
                    }
                    return;
                }
            }
        } catch (IOException e) {
            throw Message.of(new Path(path), e);
        }
    }
}
