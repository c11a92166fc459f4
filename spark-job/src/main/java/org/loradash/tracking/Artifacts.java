package org.loradash.tracking;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/**
 * Where the files of a tracked run are kept: by the server itself ({@code mlflow-artifacts:}), or on a file system that Hadoop
 * reaches, where the driver puts them.
 */
final class Artifacts {
    /** A slower way to the server counts as none. */
    private static final long BYTES_A_SECOND = 1 << 20;

    private final MlflowServer server;
    private final FileSystem files;

    /** @param files where the run's directory is */
    Artifacts(MlflowServer server, FileSystem files) {
        this.server = server;
        this.files = files;
    }

    /** How long a file may take. */
    static Duration time(RunFile file) {
        return Duration.ofSeconds(10 + file.length() / BYTES_A_SECOND);
    }

    /**
     * Keeps a file.
     *
     * @throws IOException of one line where that cannot be
     */
    void keep(TrackedRun run, RunFile file) throws IOException, InterruptedException {
        if (!run.artifacts().startsWith("mlflow-artifacts:")) {
            copy(run, file);
            return;
        }
        URI root = URI.create(run.artifacts());
        if (root.getAuthority() != null) {
            throw new Refused("artifacts are kept by another server, " + run.artifacts());
        }
        String path = root.getPath().replaceFirst("^/+", "") + "/" + file.name();
        server.upload(path, content(file), time(file));
    }

    private BodyPublisher content(RunFile file) {
        return file.length() == 0
                ? BodyPublishers.noBody()
                : BodyPublishers.fromPublisher(
                        BodyPublishers.ofInputStream(() -> {
                            try {
                                return files.open(file.path());
                            } catch (IOException e) {
                                throw new UncheckedIOException(file.path().toString(), e);
                            }
                        }),
                        file.length());
    }

    /** A path alone is one of the server's machine, which may be this one. */
    private void copy(TrackedRun run, RunFile file) throws IOException {
        String root = run.artifacts().startsWith("/") ? "file:" + run.artifacts() : run.artifacts();
        if (!root.contains(":/")) {
            throw new Refused("artifacts are kept nowhere that is known, " + run.artifacts());
        }
        try {
            Path target = new Path(new Path(root), file.name());
            FileUtil.copy(
                    files, file.path(), target.getFileSystem(files.getConf()), target, false, true, files.getConf());
        } catch (UnsupportedFileSystemException | IllegalArgumentException e) {
            throw new Refused("artifacts are kept where Hadoop is not set up for, " + run.artifacts());
        }
    }
}
