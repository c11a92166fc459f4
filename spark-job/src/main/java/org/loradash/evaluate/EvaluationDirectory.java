package org.loradash.evaluate;

import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.JsonFile;
import org.loradash.tsd.io.WholeFile;

/**
 * The files of an evaluation: what it is (evaluation.json), what the model says to each set's questions or records (SET.jsonl;
 * below parts/ until all is there), and its figures (accuracy.json or figures.json, table.txt, table.html). A file is there
 * whole or not at all, and that of the figures comes last.
 */
public final class EvaluationDirectory {
    private static final String IDENTITY = "evaluation.json";
    private static final String RECORDS = "tokens";
    private static final String PARTS = "parts";
    private static final String CLAIMS = "claims";
    private static final String LINES = ".jsonl";
    private static final int LONGEST_IDENTITY = 1 << 20;

    private final FileSystem files;
    private final Path path;
    private final Runnable claimed;

    private EvaluationDirectory(FileSystem files, Path path, Runnable claimed) {
        this.files = files;
        this.path = path;
        this.claimed = claimed;
    }

    /**
     * A directory, which need not exist yet.
     *
     * @param setting that gave it, for messages
     * @throws InvalidInput where something else than an evaluation lies there; evaluations of other names may lie below it
     */
    public static EvaluationDirectory of(Configuration hadoop, String setting, String output) {
        FileSystem files = FileSystems.of(setting, output, hadoop);
        EvaluationDirectory directory = at(files, files.makeQualified(FileSystems.path(output)));
        if (!directory.exists(IDENTITY) && directory.holdsOtherThings()) {
            throw InvalidInput.of(setting, output, "must be new, empty, or the directory of an earlier evaluation");
        }
        return directory;
    }

    /**
     * The same, for a task.
     *
     * @param path that {@link #path} gave
     */
    public static EvaluationDirectory at(Configuration hadoop, String path) {
        try {
            Path directory = FileSystems.path(path);
            return at(directory.getFileSystem(hadoop), directory);
        } catch (IOException e) {
            throw new UncheckedIOException(path, e);
        }
    }

    private static EvaluationDirectory at(FileSystem files, Path path) {
        files.setWriteChecksum(false);
        return new EvaluationDirectory(files, path, () -> {});
    }

    /**
     * The same directory, for its one driver.
     *
     * @param check called before something changes; fails where that is not this driver's to do any more
     */
    public EvaluationDirectory under(Runnable check) {
        return new EvaluationDirectory(files, path, check);
    }

    public FileSystem files() {
        return files;
    }

    public Path path() {
        return path;
    }

    /** What a task makes of the records while it lasts. */
    public Path records() {
        return new Path(path, RECORDS);
    }

    /** Where drivers claim it. */
    public Path claims() {
        return new Path(path, CLAIMS);
    }

    /** Whether an evaluation has ended here with all of its files. */
    public boolean isFinished() {
        return (exists(Accuracies.FILE) || exists(Predicted.FILE)) && !exists(PARTS);
    }

    /** @throws InvalidInput where another evaluation has begun here */
    public void checkSame(Identity identity) {
        if (!exists(IDENTITY)) {
            return;
        }
        Identity begun = Identity.of(JsonFile.object(files, new Path(path, IDENTITY), LONGEST_IDENTITY));
        identity.difference(begun).ifPresent(difference -> {
            throw new InvalidInput(difference + ", with which the evaluation in " + path
                    + " began; or give another --name or --output)");
        });
    }

    /** Removes what was prepared for an evaluation that then did not begin. */
    public void removePrepared() {
        claimed.run();
        try {
            if (!exists(IDENTITY)) {
                files.delete(records(), true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(path.toString(), e);
        }
    }

    /** Begins, unless it has begun before. */
    public void begin(Identity identity) {
        if (!exists(IDENTITY)) {
            write(IDENTITY, identity.json());
        }
    }

    /**
     * How far a set has come.
     *
     * @param missing parts, in order
     * @param done how many of its items are kept
     * @param correct of them
     */
    public record Standing(SetSize size, List<Part> missing, int done, int correct) {}

    /**
     * Looks at what is kept of a set, and removes files that are not what they should be.
     *
     * @param warn told of these
     */
    public Standing standing(SetSize size, int partSize, Line.Reader reader, Consumer<String> warn) {
        String set = size.set();
        Optional<Integer> all = correct(wholeFile(set), new Part(set, 0, size.items()), reader, warn);
        if (all.isPresent()) {
            return new Standing(size, List.of(), size.items(), all.get());
        }
        List<Part> missing = new ArrayList<>();
        int done = 0;
        int correct = 0;
        for (Part part : Part.of(size, partSize)) {
            Optional<Integer> kept = correct(file(part), part, reader, warn);
            if (kept.isPresent()) {
                done += part.count();
                correct += kept.get();
            } else {
                missing.add(part);
            }
        }
        return new Standing(size, List.copyOf(missing), done, correct);
    }

    /**
     * Keeps a part's lines; called by tasks, of which several may try the same part at the same time.
     *
     * @param attempt a number of no other try
     */
    public void write(Part part, List<Examiner.Examined> examined, long attempt) {
        Path file = file(part);
        Path aside = new Path(file.getParent(), "." + file.getName() + "." + attempt + "." + System.nanoTime());
        StringBuilder lines = new StringBuilder();
        examined.forEach(item -> lines.append(item.line()));
        boolean done = false;
        try {
            files.mkdirs(file.getParent());
            try (FSDataOutputStream out = files.create(aside, true)) {
                out.write(lines.toString().getBytes(StandardCharsets.UTF_8));
                WholeFile.sync(out);
            }
            // Where another try was faster, its file has the same bytes.
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

    /** Makes one file of a set's parts, all of which are there, in their order. */
    public void join(SetSize size, int partSize) {
        Path whole = wholeFile(size.set());
        claimed.run();
        try {
            if (files.exists(whole)) {
                return;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(whole.toString(), e);
        }
        WholeFile.write(files, whole, out -> {
            for (Part part : Part.of(size, partSize)) {
                try (InputStream in = files.open(file(part))) {
                    in.transferTo(out);
                }
            }
        });
    }

    /** Writes the figures, and removes what is of no use any more. */
    public void finish(Results results, Identity identity) {
        write("table.txt", results.text());
        write("table.html", results.html(identity.settings()));
        write(results.file(), results.json());
        claimed.run();
        try {
            files.delete(records(), true);
            files.delete(new Path(path, PARTS), true);
        } catch (IOException e) {
            throw new UncheckedIOException(path.toString(), e);
        }
    }

    /** All lines of a set, once the evaluation has come to its end. */
    Path wholeFile(String set) {
        return new Path(path, set + LINES);
    }

    private Path file(Part part) {
        return new Path(path, PARTS + "/" + part.set() + "/" + "%09d".formatted(part.first()) + LINES);
    }

    /** How many lines of a file are correct; nothing where it is not there or does not hold just the lines of a part. */
    private Optional<Integer> correct(Path file, Part part, Line.Reader reader, Consumer<String> warn) {
        int lines = 0;
        int correct = 0;
        boolean right = true;
        try (FSDataInputStream in = files.open(file)) {
            BufferedReader text = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (String line = text.readLine(); line != null && right; line = text.readLine()) {
                Optional<Line> read = reader.read(line);
                int index = part.first() + lines++;
                right = read.filter(of -> of.set().equals(part.set()) && of.index() == index)
                        .isPresent();
                correct += read.filter(Line::correct).isPresent() ? 1 : 0;
            }
            if (right && lines == part.count() && endsWithALineFeed(file, in)) {
                return Optional.of(correct);
            }
        } catch (FileNotFoundException absent) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
        warn.accept(file + ": damaged; what it held is computed again");
        claimed.run();
        WholeFile.discard(files, file);
        return Optional.empty();
    }

    private boolean endsWithALineFeed(Path file, FSDataInputStream in) throws IOException {
        byte[] last = new byte[1];
        in.readFully(files.getFileStatus(file).getLen() - 1, last, 0, 1);
        return last[0] == '\n';
    }

    private boolean holdsOtherThings() {
        try {
            for (FileStatus found : files.listStatus(path)) {
                String name = found.getPath().getName();
                boolean ours = name.equals(CLAIMS)
                        || name.equals(RECORDS)
                        || name.equals(WholeFile.aside(new Path(path, IDENTITY)).getName())
                        || found.isDirectory() && files.exists(new Path(found.getPath(), IDENTITY));
                if (!ours) {
                    return true;
                }
            }
            return false;
        } catch (FileNotFoundException absent) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(path.toString(), e);
        }
    }

    private void write(String name, String text) {
        claimed.run();
        WholeFile.write(files, new Path(path, name), text);
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
