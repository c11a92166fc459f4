package org.loradash.run;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.adapter.Directions;
import org.loradash.train.BestState;
import org.loradash.train.TrainingState;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.SafetensorsWriter;
import org.loradash.tsd.io.Sha256;
import org.loradash.tsd.io.WholeFile;

/**
 * Checkpoints of a run, one safetensors file each. A file is written aside and becomes visible by one rename, under a name
 * that holds its step and the start of its SHA-256: the newest whole one is found by listing, and one that was torn or
 * altered gives itself away.
 */
public final class Checkpoints {
    private static final Pattern NAME = Pattern.compile("step-(\\d{9})\\.([0-9a-f]{32})\\.safetensors");

    private static final int SHA256_DIGITS = 32;

    private static final String ASIDE = ".writing";
    private static final String PASSED_OVER = ", passed over for the checkpoint before it";

    private final FileSystem files;
    private final Path directory;
    private final Runnable claimed;

    /** @param claimed called before something changes; fails where that is not this driver's to do any more */
    public Checkpoints(FileSystem files, Path directory, Runnable claimed) {
        this.files = files;
        this.directory = directory;
        this.claimed = claimed;
    }

    /**
     * What a checkpoint holds.
     *
     * @param seed of the run, from which with the step every random number follows
     * @param directions chosen at the boundary, by target; empty before it
     * @param checked the best directions at the last check of a pre-launch that ends by itself, by target; empty where
     *     there was none
     * @param best what was best so far on held-out records, so that it stays however many checkpoints remain
     */
    public record Saved(
            TrainingState state,
            long seed,
            Map<String, Directions> directions,
            Map<String, int[]> checked,
            BestState best) {}

    /**
     * A checkpoint that is not visible yet.
     *
     * @param name that it will have
     */
    public record Written(Path aside, String name) {}

    /**
     * Writes a checkpoint aside and has it on disk. It is there for a restart once it is published.
     *
     * @throws UncheckedIOException whose message is the directory
     */
    public Written write(Saved saved) {
        claimed.run();
        Path aside = new Path(directory, ASIDE);
        boolean done = false;
        try {
            MessageDigest digest = Sha256.digest();
            try (FSDataOutputStream out = files.create(aside, true)) {
                SafetensorsWriter.write(
                        new DigestOutputStream(out, digest),
                        CheckpointTensors.metadata(saved),
                        CheckpointTensors.of(saved));
                WholeFile.sync(out);
            }
            done = true;
            String sha256 = Sha256.hexadecimal(digest).substring(0, SHA256_DIGITS);
            return new Written(
                    aside, "step-%09d.%s.safetensors".formatted(saved.state().step(), sha256));
        } catch (UncheckedIOException e) {
            throw new UncheckedIOException(directory.toString(), e.getCause());
        } catch (IOException e) {
            throw new UncheckedIOException(directory.toString(), e);
        } finally {
            if (!done) {
                WholeFile.discard(files, aside);
            }
        }
    }

    /**
     * Makes a checkpoint visible by one rename, in place of a damaged one of that name, and removes those that are of no
     * use any more: all but the newest ones, and those of later steps, which a restart has passed over.
     *
     * @param keep how many remain
     */
    public void publish(Written written, int keep) {
        claimed.run();
        Path file = new Path(directory, written.name());
        try {
            files.delete(file, false);
            if (!files.rename(written.aside(), file)) {
                throw new IOException("cannot rename " + written.aside() + " to " + written.name());
            }
            prune(file, keep);
        } catch (IOException e) {
            throw new UncheckedIOException(directory.toString(), e);
        }
    }

    /**
     * The newest whole checkpoint that can be read.
     *
     * @param warn told of each one that was passed over
     * @throws UncheckedIOException where there are some and not one can be read, which trying again may help
     */
    public Optional<Saved> newest(Consumer<String> warn) {
        UncheckedIOException unreadable = null;
        for (Path file : newestFirst()) {
            try {
                if (!isWhole(file)) {
                    warn.accept(file + ": torn or altered" + PASSED_OVER);
                    continue;
                }
                return Optional.of(CheckpointTensors.read(files, file));
            } catch (InvalidInput damaged) {
                warn.accept(damaged.getMessage() + PASSED_OVER);
            } catch (IOException | UncheckedIOException e) {
                warn.accept(file + ": cannot be read (" + e.getMessage() + ")" + PASSED_OVER);
                unreadable = unreadable != null ? unreadable : new UncheckedIOException(file.toString(), cause(e));
            }
        }
        if (unreadable != null) {
            throw unreadable;
        }
        return Optional.empty();
    }

    private static IOException cause(Exception e) {
        return e instanceof UncheckedIOException unchecked ? unchecked.getCause() : (IOException) e;
    }

    private boolean isWhole(Path file) throws IOException {
        Matcher name = NAME.matcher(file.getName());
        return name.matches() && Sha256.of(files, file).startsWith(name.group(2));
    }

    private List<Path> newestFirst() {
        try {
            return Arrays.stream(files.listStatus(directory))
                    .map(FileStatus::getPath)
                    .filter(path -> NAME.matcher(path.getName()).matches())
                    .sorted(Comparator.comparing(Path::getName).reversed())
                    .toList();
        } catch (FileNotFoundException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(directory.toString(), e);
        }
    }

    private void prune(Path newest, int keep) throws IOException {
        int kept = 0;
        for (Path file : newestFirst()) {
            boolean current = file.getName().equals(newest.getName());
            if (current || kept > 0 && kept < keep) {
                kept++;
            } else {
                files.delete(file, false);
            }
        }
    }
}
