package org.loradash.spark.source;

import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.config.DataSettings;
import org.loradash.config.Settings;
import org.loradash.config.TableSettings;
import org.loradash.tsd.io.FileSystems;

/**
 * Settings whose paths mean the same to every process of a cluster. A path that is relative begins in the working
 * directory of the process that reads it, and on local files an executor's is another one than the driver's.
 */
public final class Located {
    /** What names records. */
    private static final Set<String> OF_RECORDS = Set.of("data.train", "validation.data");

    private Located() {}

    /** The same settings with whole paths of what tasks read and write. */
    public static Settings of(Settings settings, Configuration hadoop) {
        return settings.withPaths((key, given) ->
                OF_RECORDS.contains(key) ? entry(settings.data(), key, given, hadoop) : whole(key, given, hadoop));
    }

    /** The same file with a whole path. */
    public static Path of(Path file, FileSystem files) {
        return file.isAbsolute() ? file : files.makeQualified(file);
    }

    /** The same files with whole paths. */
    public static List<Path> of(List<Path> all, FileSystem files) {
        return all.stream().map(file -> of(file, files)).toList();
    }

    /** The same records: a file with a whole path, or a table. */
    public static String entry(DataSettings data, String key, String given, Configuration hadoop) {
        return data.table().source() == TableSettings.Source.TABLE ? given : whole(key, given, hadoop);
    }

    public static String whole(String key, String given, Configuration hadoop) {
        Path path = FileSystems.path(given);
        return path.isAbsolute()
                ? given
                : of(path, FileSystems.of(key, given, hadoop)).toString();
    }
}
