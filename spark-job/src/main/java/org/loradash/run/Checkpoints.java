package org.loradash.run;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
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
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.adapter.Directions;
import org.loradash.train.TrainingState;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsFile;
import org.loradash.tsd.io.SafetensorsWriter;
import org.loradash.tsd.io.Sha256;

/**
 * Checkpoints of a run, one safetensors file each. A file is written aside and becomes visible by one rename, under a name
 * that holds its step and the start of its SHA-256: the newest whole one is found by listing, and one that was torn or
 * altered gives itself away.
 */
public final class Checkpoints {
    private static final Pattern NAME = Pattern.compile("step-(\\d{9})\\.([0-9a-f]{32})\\.safetensors");

    private static final String CHECKED = ".checked";

    private final FileSystem files;
    private final Path directory;

    public Checkpoints(FileSystem files, Path directory) {
        this.files = files;
        this.directory = directory;
    }

    /**
     * What a checkpoint holds.
     *
     * @param directions chosen at the boundary, by target; empty before it
     * @param checked the best directions at the last check of a pre-launch that ends by itself, by target; empty where
     *     there was none
     */
    public record Saved(TrainingState state, Map<String, Directions> directions, Map<String, int[]> checked) {}

    /**
     * Writes a checkpoint and removes all but the newest ones.
     *
     * @param keep how many remain
     * @return its file
     */
    public Path write(Saved saved, int keep) {
        try {
            Path aside = new Path(directory, ".writing");
            MessageDigest digest = Sha256.digest();
            try (OutputStream out = new DigestOutputStream(files.create(aside, true), digest)) {
                SafetensorsWriter.write(out, metadata(saved.state()), tensors(saved));
            }
            String name = "step-%09d.%s.safetensors"
                    .formatted(saved.state().step(), Sha256.hexadecimal(digest).substring(0, 32));
            Path file = new Path(directory, name);
            if (!files.exists(file) && !files.rename(aside, file)) {
                throw new IOException("cannot rename " + aside + " to " + name);
            }
            prune(keep);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(directory.toString(), e);
        }
    }

    /**
     * The newest whole checkpoint.
     *
     * @param warn told of each damaged one that was passed over
     */
    public Optional<Saved> newest(Consumer<String> warn) {
        for (Path file : newestFirst()) {
            try {
                if (!isWhole(file)) {
                    warn.accept(file + ": torn or altered, passed over for the checkpoint before it");
                    continue;
                }
                return Optional.of(read(file));
            } catch (InvalidInput damaged) {
                warn.accept(damaged.getMessage() + ", passed over for the checkpoint before it");
            } catch (IOException e) {
                throw new UncheckedIOException(file.toString(), e);
            }
        }
        return Optional.empty();
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

    private void prune(int keep) throws IOException {
        List<Path> all = newestFirst();
        for (Path old : all.subList(Math.min(keep, all.size()), all.size())) {
            files.delete(old, false);
        }
    }

    private static Map<String, String> metadata(TrainingState state) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("round", String.valueOf(state.round()));
        metadata.put("step", String.valueOf(state.step()));
        metadata.put("cursor", String.valueOf(state.cursor()));
        metadata.put("coordinates_from", String.valueOf(state.coordinatesFrom()));
        metadata.put("labelled_tokens", String.valueOf(state.labelledTokens()));
        return metadata;
    }

    private static List<NamedTensor> tensors(Saved saved) {
        TrainingState state = saved.state();
        List<NamedTensor> tensors = new ArrayList<>();
        tensors.add(NamedTensor.of("parameters", state.parameters(), state.parameters().length));
        tensors.add(NamedTensor.of("first_moments", state.firstMoments(), state.firstMoments().length));
        tensors.add(NamedTensor.of("second_moments", state.secondMoments(), state.secondMoments().length));
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
                    (int) number(saved, "coordinates_from", TrainingState.NO_COORDINATES, Integer.MAX_VALUE),
                    number(saved, "labelled_tokens", 0, Long.MAX_VALUE),
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
            return new Saved(state, directions, checked);
        }
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
