package org.loradash.run;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.adapter.Directions;
import org.loradash.train.BestState;
import org.loradash.train.Group;
import org.loradash.train.TrainingState;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsFile;
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

    private static final String CHECKED = ".checked";
    private static final String BEST_PARAMETERS = "best_parameters";
    private static final String GROUPS = "groups";
    private static final String BEST_STEP = "best_step";
    private static final String BEST_LOSS = "best_loss";
    private static final String WITHOUT_IMPROVEMENT = "without_improvement";
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
                SafetensorsWriter.write(new DigestOutputStream(out, digest), metadata(saved), tensors(saved));
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
                return Optional.of(read(file));
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

    private static Map<String, String> metadata(Saved saved) {
        TrainingState state = saved.state();
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("round", String.valueOf(state.round()));
        metadata.put("step", String.valueOf(state.step()));
        metadata.put("cursor", String.valueOf(state.cursor()));
        metadata.put(GROUPS, GroupsText.write(state.groups()));
        metadata.put("weight", String.valueOf(state.weight()));
        metadata.put("seed", String.valueOf(saved.seed()));
        if (saved.best().isPresent()) {
            metadata.put(BEST_STEP, String.valueOf(saved.best().step()));
            metadata.put(BEST_LOSS, String.valueOf(saved.best().loss()));
            metadata.put(WITHOUT_IMPROVEMENT, String.valueOf(saved.best().withoutImprovement()));
        }
        return metadata;
    }

    private static List<NamedTensor> tensors(Saved saved) {
        TrainingState state = saved.state();
        List<NamedTensor> tensors = new ArrayList<>();
        tensors.add(NamedTensor.of("parameters", state.parameters(), state.parameters().length));
        tensors.add(NamedTensor.of("first_moments", state.firstMoments(), state.firstMoments().length));
        tensors.add(NamedTensor.of("second_moments", state.secondMoments(), state.secondMoments().length));
        float[] best = saved.best().parameters();
        if (best.length > 0) {
            tensors.add(NamedTensor.of(BEST_PARAMETERS, best, best.length));
        }
        new TreeMap<>(saved.directions())
                .forEach((target, chosen) -> tensors.addAll(DirectionTensors.of(target, chosen)));
        new TreeMap<>(saved.checked())
                .forEach((target, indices) -> tensors.add(NamedTensor.of(
                        target + CHECKED, Arrays.stream(indices).asLongStream().toArray(), indices.length)));
        return tensors;
    }

    private Saved read(Path file) throws IOException {
        try (SafetensorsFile saved = SafetensorsFile.open(files, file)) {
            checkLengths(saved);
            TrainingState state = new TrainingState(
                    (int) number(saved, "round", 0, Integer.MAX_VALUE),
                    (int) number(saved, "step", 0, Integer.MAX_VALUE),
                    number(saved, "cursor", 0, Long.MAX_VALUE),
                    groups(saved),
                    number(saved, "weight", 0, Long.MAX_VALUE),
                    saved.readFloats("parameters"),
                    saved.readFloats("first_moments"),
                    saved.readFloats("second_moments"));
            Map<String, Directions> directions = new LinkedHashMap<>();
            Map<String, int[]> checked = new LinkedHashMap<>();
            for (String name : saved.tensors().keySet()) {
                if (name.endsWith(DirectionTensors.INDICES)) {
                    String target = name.substring(0, name.length() - DirectionTensors.INDICES.length());
                    directions.put(target, DirectionTensors.read(saved, target));
                } else if (name.endsWith(CHECKED)) {
                    checked.put(
                            name.substring(0, name.length() - CHECKED.length()),
                            DirectionTensors.integers(saved, name));
                }
            }
            return new Saved(
                    state, number(saved, "seed", Long.MIN_VALUE, Long.MAX_VALUE), directions, checked, best(saved));
        }
    }

    private static BestState best(SafetensorsFile file) {
        if (!file.metadata().containsKey(BEST_STEP)) {
            return BestState.NONE;
        }
        return new BestState(
                (int) number(file, BEST_STEP, 0, Integer.MAX_VALUE),
                finite(file, BEST_LOSS),
                file.tensors().containsKey(BEST_PARAMETERS) ? file.readFloats(BEST_PARAMETERS) : new float[0],
                (int) number(file, WITHOUT_IMPROVEMENT, 0, Integer.MAX_VALUE));
    }

    /** Moments are as many as parameters; looked at before any of them is read. */
    private static void checkLengths(SafetensorsFile file) {
        long parameters = file.tensor("parameters").elements();
        for (String moments : List.of("first_moments", "second_moments")) {
            long elements = file.tensor(moments).elements();
            if (elements != parameters) {
                throw InvalidInput.of(
                        file.path() + ": " + moments,
                        elements + " elements",
                        "must be " + parameters + ", one a parameter");
            }
        }
    }

    private static List<Group> groups(SafetensorsFile file) {
        List<Group> groups = GroupsText.read(
                file.path() + ": " + GROUPS, String.valueOf(file.metadata().get(GROUPS)));
        long size = groups.stream().mapToLong(Group::size).sum();
        long parameters = file.tensor("parameters").elements();
        if (size != parameters) {
            throw InvalidInput.of(
                    file.path() + ": " + GROUPS, size + " elements", "must be " + parameters + ", the parameters");
        }
        return groups;
    }

    private static double finite(SafetensorsFile file, String key) {
        String text = String.valueOf(file.metadata().get(key));
        try {
            double number = Double.parseDouble(text);
            if (Double.isFinite(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw InvalidInput.of(file.path() + ": " + key, Message.oneLine(text), "must be a number");
    }

    private static long number(SafetensorsFile file, String key, long least, long most) {
        String text = String.valueOf(file.metadata().get(key));
        try {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw InvalidInput.of(
                file.path() + ": " + key,
                Message.oneLine(text),
                "must be a whole number from " + least + " to " + most);
    }
}
