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
     * @throws InvalidInput where Hadoop knows no file system of the path's scheme, or the path is none
     */
    public static FileSystem of(String where, String path, Configuration hadoop) {
        try {
            return new Path(path).getFileSystem(hadoop);
        } catch (UnsupportedFileSystemException e) {
            throw InvalidInput.of(where, path, "must be on a file system that Hadoop is set up for");
        } catch (IllegalArgumentException e) {
            throw InvalidInput.of(where, path, "must be a path or a Hadoop URI");
        } catch (IOException e) {
            throw new UncheckedIOException(path, e);
        }
    }
}
