package org.loradash.tsd.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.loradash.tsd.InvalidInput;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A path that a user gave, and its file system. */
public final class FileSystems {
    /** What a URI begins with, up to the slash that a scheme has behind it. */
    private static final Pattern URI = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:/.*", Pattern.DOTALL);

    private static final Logger LOG = LoggerFactory.getLogger(FileSystems.class);

    private FileSystems() {}

    /**
     * The path of a text: a URI such as {@code hdfs://host/data}, or a name. Hadoop's own constructor takes whatever stands
     * before a colon for a scheme, as in {@code train_16:00.jsonl}.
     *
     * @throws IllegalArgumentException where it is no path
     */
    public static Path path(String given) {
        boolean colonFirst =
                given.indexOf(':') > 0 && given.substring(0, given.indexOf(':')).indexOf('/') < 0;
        return colonFirst && !URI.matcher(given).matches() ? new Path(null, null, given) : new Path(given);
    }

    /**
     * @param where the setting that gave the path, for errors
     * @throws InvalidInput where Hadoop knows no file system of the path's scheme, the path is none, or the file system
     *     says that what was given is no address of it
     */
    public static FileSystem of(String where, String path, Configuration hadoop) {
        try {
            return of(where, path(path), hadoop);
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
     * The file system of a path. On local disks a checksum file beside a file is held against it, but where the name has a
     * colon, of which Hadoop cannot name the checksum file.
     *
     * @param where the setting that gave the path, for errors
     * @throws InvalidInput where this process cannot spell a local path
     */
    public static FileSystem of(String where, Path path, Configuration hadoop) throws IOException {
        FileSystem files = path.getFileSystem(hadoop);
        if (files instanceof LocalFileSystem local) {
            checkSpelling(where, path);
            return path.getName().indexOf(':') >= 0 ? local.getRaw() : files;
        }
        return files;
    }

    /**
     * Refuses what is no directory and where none can be made, as far as can be told without making it.
     *
     * @param where the setting that gave the path, for errors
     */
    public static void checkDirectory(String where, String path, Configuration hadoop) {
        FileSystem files = of(where, path, hadoop);
        try {
            for (Path place = path(path); place != null; place = place.getParent()) {
                if (files.exists(place)) {
                    if (!files.getFileStatus(place).isDirectory()) {
                        throw InvalidInput.of(where, path, "must be a directory, or where one can be made");
                    }
                    return;
                }
            }
        } catch (IOException e) {
            throw Message.of(path(path), e);
        }
    }

    /** The Java machine writes a question mark for what the locale has no letter for: that would be another file. */
    private static void checkSpelling(String where, Path path) {
        Charset locale = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
        if (!locale.newEncoder().canEncode(path.toString())) {
            throw InvalidInput.of(
                    where, path, "must be text in the locale's encoding, " + locale + "; LC_ALL=C.UTF-8 can spell all");
        }
    }

    /** Removes a directory if there is one and nothing is in it; where that fails, a line in the log says so. */
    public static void removeIfEmpty(FileSystem files, Path directory) {
        try {
            if (files.exists(directory) && files.listStatus(directory).length == 0) {
                files.delete(directory, false);
            }
        } catch (IOException e) {
            LOG.warn("{} is left behind", directory, e);
        }
    }
}
