package org.loradash.data;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.Message;
import org.loradash.tsd.io.WholeFile;

/** Files that the user named, on any Hadoop file system. */
public final class InputFile {
    private InputFile() {}

    /**
     * Opens a file for reading from its start.
     *
     * @param setting the configuration key that names it, for messages
     * @throws InvalidInput when there is no such file or file system
     */
    public static InputStream open(Configuration configuration, Path path, String setting) throws IOException {
        try {
            FileSystem files = FileSystems.of(setting, path, configuration);
            if (files.getFileStatus(path).isDirectory()) {
                throw InvalidInput.of(setting, path, "is a directory; must be a file");
            }
            return files.open(path);
        } catch (FileNotFoundException missing) {
            throw new InvalidInput(
                    setting + ": " + path + " (must be a file that can be read; there is none)", missing);
        } catch (UnsupportedFileSystemException unknown) {
            throw new InvalidInput(
                    setting + ": " + path + " (must be on a file system that Hadoop is set up for)", unknown);
        }
    }

    /**
     * All of a small file.
     *
     * @param limit the most bytes it may have
     */
    public static byte[] bytes(Configuration configuration, Path path, String setting, int limit) throws IOException {
        try (InputStream found = open(configuration, path, setting)) {
            return WholeFile.read(path.getFileSystem(configuration), path, setting + ": " + path, limit);
        } catch (EOFException cut) {
            throw InvalidInput.of(setting + ": " + path, "cut short while it was read", "must stay as it was");
        } catch (ChecksumException damaged) {
            throw Message.of(path, damaged);
        }
    }

    /** Whether there is a file at the path. */
    public static boolean exists(Configuration configuration, Path path) throws IOException {
        try {
            FileStatus status = path.getFileSystem(configuration).getFileStatus(path);
            return status.isFile();
        } catch (FileNotFoundException missing) {
            return false;
        }
    }
}
