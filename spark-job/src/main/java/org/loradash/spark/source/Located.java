package org.loradash.spark.source;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.config.Settings;
import org.loradash.tsd.io.FileSystems;

/**
 * Settings whose paths mean the same to every process of a cluster. A path that is relative begins in the working
 * directory of the process that reads it, and on local files an executor's is another one than the driver's.
 */
public final class Located {
    private Located() {}

    /** The same settings with whole paths of what tasks read and write. */
    public static Settings of(Settings settings, Configuration hadoop) {
        return settings.withPaths((key, given) -> whole(key, given, hadoop));
    }

    /** The same file with a whole path. */
    public static Path of(Path file, FileSystem files) {
        return file.isAbsolute() ? file : files.makeQualified(file);
    }

    public static String whole(String key, String given, Configuration hadoop) {
        Path path = FileSystems.path(given);
        return path.isAbsolute()
                ? given
                : of(path, FileSystems.of(key, given, hadoop)).toString();
    }
}
