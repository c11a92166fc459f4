package org.loradash.generate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.config.ChatSettings;
import org.loradash.config.DataSettings;
import org.loradash.config.SettingsReader;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.source.JobRun;

/** Whether a model was trained on conversations. */
public final class ChatRun {
    private ChatRun() {}

    /**
     * How a run made texts of conversations; nothing where it was trained on something else, or the source is no run.
     *
     * @param source a run's directory, the configuration file of a run, a PEFT adapter directory or a model directory
     */
    public static Optional<ChatSettings> settings(String source, Configuration hadoop) {
        try {
            FileSystem files = FileSystems.of("SOURCE", source, hadoop);
            Path path = FileSystems.path(source);
            SettingsReader reader = new SettingsReader(hadoop);
            DataSettings data;
            if (JobRun.isOne(source, hadoop)) {
                data = reader.readWritten(new Path(path, "resolved.conf").toString())
                        .data();
            } else if (files.exists(path) && !files.getFileStatus(path).isDirectory()) {
                data = reader.read(source, List.of()).data();
            } else {
                return Optional.empty();
            }
            return data.format() == DataSettings.Format.CHAT ? Optional.of(data.chat()) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(source, e);
        }
    }
}
