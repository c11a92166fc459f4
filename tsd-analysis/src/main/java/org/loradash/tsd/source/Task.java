package org.loradash.tsd.source;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.Message;

/**
 * A task as it is seen here: what it made of the base model.
 *
 * @param name for people and files
 * @param source of its change of W
 * @param run the run directory that it is from, if it is from one
 */
public record Task(String name, ChangeSource source, Optional<JobRun> run) implements Closeable {
    private static final Pattern NAMED = Pattern.compile("([A-Za-z0-9][A-Za-z0-9_-]{0,63})=(.+)");
    private static final Pattern UNFIT = Pattern.compile("[^A-Za-z0-9._-]+");

    /**
     * Opens what a path names: a run directory of the training job, a PEFT adapter's directory, or a model's.
     *
     * @param given the path, on any Hadoop file system; or NAME=PATH, where the path's last part is not the name
     * @throws InvalidInput where it is none of them
     */
    public static Task open(String given, Configuration hadoop) {
        Matcher named = NAMED.matcher(given);
        String path = named.matches() ? named.group(2) : given;
        String name = named.matches() ? named.group(1) : lastPart(path);
        try {
            FileSystem files = FileSystems.of("TASK", path, hadoop);
            if (!files.exists(FileSystems.path(path))) {
                throw InvalidInput.of(path, "not found", "must be a run directory, a PEFT adapter's, or a model's");
            }
            if (JobRun.isOne(path, hadoop)) {
                JobRun run = JobRun.open(path, hadoop);
                return new Task(name, run.change(hadoop), Optional.of(run));
            }
            ChangeSource source = files.exists(new Path(FileSystems.path(path), PeftLora.CONFIG))
                    ? PeftLora.open(path, hadoop)
                    : TunedModel.open(path, hadoop);
            return new Task(name, source, Optional.empty());
        } catch (IOException e) {
            throw Message.of(FileSystems.path(path), e);
        }
    }

    private static String lastPart(String path) {
        try {
            String name = UNFIT.matcher(FileSystems.path(path).getName()).replaceAll("_");
            return name.isEmpty() ? "task" : name;
        } catch (IllegalArgumentException e) {
            throw InvalidInput.of("path", "\"" + path + "\"", "must be a path or a Hadoop URI");
        }
    }

    @Override
    public void close() {
        source.close();
    }
}
