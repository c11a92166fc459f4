package org.loradash.evaluate;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.JsonFile;
import org.loradash.tsd.io.WholeFile;

/**
 * The directory of a prediction: files {@code part-00000.json} or {@code .parquet} on, each of as many rows as every other but the
 * last, {@code _SUCCESS} once all are there, and {@code _work} until then. Names that begin with an underscore are passed over by
 * whoever reads the directory with Spark.
 */
public final class PredictionDirectory {
    private static final String SUCCESS = "_SUCCESS";
    private static final String IDENTITY = "_prediction.json";
    private static final String WORK = "_work";
    private static final int LONGEST_IDENTITY = 1 << 20;

    private final FileSystem files;
    private final Path path;

    private PredictionDirectory(FileSystem files, Path path) {
        this.files = files;
        this.path = path;
    }

    /**
     * @param setting that gives the directory, for messages
     * @throws InvalidInput where it is none, or holds other things
     */
    public static PredictionDirectory of(Configuration hadoop, String setting, String given) {
        FileSystems.checkDirectory(setting, given, hadoop);
        FileSystem files = FileSystems.of(setting, given, hadoop);
        PredictionDirectory directory = at(files, files.makeQualified(FileSystems.path(given)));
        if (!directory.exists(IDENTITY) && directory.holdsOtherThings()) {
            throw InvalidInput.of(setting, given, "must be empty, a new directory, or a prediction that has begun");
        }
        return directory;
    }

    /** The same, for a task. @param path that {@link #path} gave */
    public static PredictionDirectory at(Configuration hadoop, String path) {
        try {
            Path directory = new Path(path);
            return at(directory.getFileSystem(hadoop), directory);
        } catch (IOException e) {
            throw new UncheckedIOException(path, e);
        }
    }

    private static PredictionDirectory at(FileSystem files, Path path) {
        files.setWriteChecksum(false);
        return new PredictionDirectory(files, path);
    }

    public FileSystem files() {
        return files;
    }

    public Path path() {
        return path;
    }

    /** Where drivers claim it. */
    public Path claims() {
        return new Path(path, WORK + "/claims");
    }

    /** The rows in their order, while the prediction lasts. */
    public Path rows() {
        return new Path(path, WORK + "/rows");
    }

    /** Where other files are made before they have their names. */
    public Path aside() {
        return new Path(path, WORK + "/aside");
    }

    public boolean isFinished() {
        return exists(SUCCESS);
    }

    /** @throws InvalidInput where another prediction has begun here */
    public void checkSame(Identity identity) {
        if (!exists(IDENTITY)) {
            return;
        }
        Identity begun = Identity.of(JsonFile.object(files, new Path(path, IDENTITY), LONGEST_IDENTITY));
        identity.difference(begun).ifPresent(difference -> {
            throw new InvalidInput(
                    difference + ", with which the prediction in " + path + " began; or give another --output)");
        });
    }

    /** Begins, unless it has begun before. */
    public void begin(Identity identity) {
        if (!exists(IDENTITY)) {
            WholeFile.write(files, new Path(path, IDENTITY), identity.json());
        }
    }

    /** The parts, of so many, that are not there yet. */
    public List<Integer> missing(int parts) {
        return IntStream.range(0, parts)
                .filter(part -> !exists(lines(part)))
                .boxed()
                .toList();
    }

    /** What tasks keep of a part. */
    private static String lines(int part) {
        return WORK + "/parts/%06d.jsonl".formatted(part);
    }

    /**
     * Keeps a part's lines, whole or not at all; called by tasks, of which several may try the same part.
     *
     * @param attempt a number of no other try
     */
    public void write(int part, List<String> lines, long attempt) {
        Path file = new Path(path, lines(part));
        Path aside = new Path(file.getParent(), "." + file.getName() + "." + attempt + "." + System.nanoTime());
        boolean done = false;
        try {
            files.mkdirs(file.getParent());
            try (FSDataOutputStream out = files.create(aside, true)) {
                out.write(String.join("", lines).getBytes(StandardCharsets.UTF_8));
                WholeFile.sync(out);
            }
            done = files.rename(aside, file);
            if (!done && !files.exists(file)) {
                throw new IOException("cannot rename " + aside + " to " + file.getName());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        } finally {
            if (!done) {
                WholeFile.discard(files, aside);
            }
        }
    }

    /** A part's lines. */
    public List<String> read(int part) {
        Path file = new Path(path, lines(part));
        try (BufferedReader in = new BufferedReader(new InputStreamReader(files.open(file), StandardCharsets.UTF_8))) {
            return in.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    /** Puts a part's lines under the name that it keeps. */
    public void keepLines(int part) {
        WholeFile.write(
                files,
                named(part, "json"),
                String.join("", read(part).stream().map(line -> line + "\n").toList()));
    }

    /** Gives a file of a part the name that it keeps. */
    public void keep(Path made, int part, String ending) {
        Path named = named(part, ending);
        try {
            files.delete(named, false);
            if (!files.rename(made, named)) {
                throw new IOException("cannot rename " + made + " to " + named.getName());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(named.toString(), e);
        }
    }

    private Path named(int part, String ending) {
        return new Path(path, "part-%05d.%s".formatted(part, ending));
    }

    /** Ends, and removes what is of no use any more. */
    public void finish() {
        WholeFile.write(files, new Path(path, SUCCESS), "");
        try {
            for (String made : List.of("rows", "parts", "aside")) {
                files.delete(new Path(path, WORK + "/" + made), true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(path.toString(), e);
        }
    }

    /** Removes what a prediction leaves that did not begin. */
    public void removePrepared() {
        try {
            if (!exists(IDENTITY)) {
                files.delete(rows(), true);
            }
            FileSystems.removeIfEmpty(files, new Path(path, WORK));
            FileSystems.removeIfEmpty(files, path);
        } catch (IOException e) {
            throw new UncheckedIOException(path.toString(), e);
        }
    }

    private boolean holdsOtherThings() {
        try {
            if (!files.exists(path)) {
                return false;
            }
            for (var found : files.listStatus(path)) {
                if (!found.getPath().getName().equals(WORK)) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(path.toString(), e);
        }
    }

    private boolean exists(String name) {
        Path file = new Path(path, name);
        try {
            return files.exists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }
}
