package org.loradash.spark.source;

import java.util.List;
import java.util.Optional;
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
        Settings.Data data = settings.data();
        Settings.Dash dash = settings.dash();
        Settings.Validation validation = settings.validation();
        List<String> train = data.train().stream()
                .map(file -> whole("data.train", file, hadoop))
                .toList();
        Optional<String> cache = dash.cache().map(directory -> whole("dash.cache", directory, hadoop));
        return new Settings(
                settings.run(),
                new Settings.Model(
                        whole("model.path", settings.model().path(), hadoop),
                        settings.model().storage()),
                new Settings.Data(
                        train, data.format(), data.cutoff(), data.trainOnInputs(), data.shuffle(), data.packing()),
                settings.adapter(),
                new Settings.Dash(
                        dash.on(),
                        dash.directions(),
                        dash.choose(),
                        dash.preLaunchSteps(),
                        dash.auto(),
                        dash.coordinateLearningRate(),
                        dash.trackEvery(),
                        dash.epsilon(),
                        cache),
                settings.checkpoint(),
                settings.training(),
                new Settings.Validation(
                        validation.data().stream()
                                .map(file -> whole("validation.data", file, hadoop))
                                .toList(),
                        validation.holdOut(),
                        validation.records(),
                        validation.everyRounds(),
                        validation.patience()),
                settings.evaluation(),
                settings.spark());
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
