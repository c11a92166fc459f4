package org.loradash.task;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.loradash.config.DataSettings;
import org.loradash.config.TableSettings;
import org.loradash.config.TaskInputs;
import org.loradash.data.FileKind;
import org.loradash.data.FileList;
import org.loradash.data.InputFile;
import org.loradash.data.Origin;
import org.loradash.data.RecordFile;
import org.loradash.data.RecordReader;
import org.loradash.model.Architectures;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;

/** What a model will see of the first records of a run. */
public final class Preview {
    private static final String SETTING = "data.train";
    private static final String READ_BY_SPARK =
            "must be JSON or, for data.format = text, CSV, TSV or Parquet: records that Spark reads are not shown before a run";

    private Preview() {}

    /** What became of a record. */
    public sealed interface Shown {}

    /**
     * An example.
     *
     * @param origin what it was made of, where that is known
     * @param left whether it is left out of training, for nothing can be learnt of it
     * @param lost how many turns of its end it lacks
     */
    public record Example(Viewer.View view, Optional<Origin> origin, boolean left, int lost) implements Shown {}

    /** A record that cannot become an example. @param why without its place */
    public record Refused(InvalidInput mistake, String why) implements Shown {}

    /**
     * What records come to that are computed together.
     *
     * @param units how they are counted
     * @param size of all
     * @param computed how much of it goes through the model
     */
    public record Together(Units units, long size, long computed) implements Shown {}

    /**
     * Shows the first records of the files that a run trains on.
     *
     * @param records at most so many
     * @throws InvalidInput where something is wrong with what is given, or with a record; one that a chat's template refuses is
     *     shown so, and those behind it are shown too
     */
    public static void show(TaskInputs given, Configuration hadoop, int records, Consumer<Shown> out) {
        if (given.data().train().isEmpty()) {
            throw InvalidInput.of(SETTING, "not given", "must name files of records");
        }
        try {
            show(task(given, hadoop), given, hadoop, new Counted(records, out));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A directory with a tokenizer alone shows what can be shown without a model. */
    private static Task<?, ?> task(TaskInputs given, Configuration hadoop) throws IOException {
        TaskKind kind = TaskKinds.of(given);
        String directory = given.model().path();
        if (!InputFile.exists(hadoop, new Path(FileSystems.path(directory), "config.json"))) {
            Optional<Task<?, ?>> reading = kind.reading(given);
            if (reading.isPresent()) {
                return reading.get();
            }
        }
        return kind.task(given, TaskKinds.model(given, Architectures.shape(hadoop, directory)), hadoop);
    }

    private static <E, B> void show(Task<E, B> task, TaskInputs given, Configuration hadoop, Counted out)
            throws IOException {
        List<E> examples = new ArrayList<>();
        Optional<Viewer<E>> known = task.viewer(hadoop);
        if (known.isEmpty()) {
            throw InvalidInput.of("task.kind", given.task().kind(), "has examples that cannot be shown");
        }
        try (Viewer<E> viewer = known.get();
                RecordReader<E> reader = task.reader(hadoop)) {
            for (RecordFile file : files(given, hadoop)) {
                reader.read(file, new Showing<>(viewer, examples, out));
            }
        } catch (Enough enough) {
            // All that were asked for have been shown.
        }
        Together together = together(
                task,
                examples,
                examples.size(),
                new Task.Slicing(Integer.MAX_VALUE, given.data().packing()));
        if (together.computed() < together.size()) {
            out.out.accept(together);
        }
    }

    /**
     * How much of a run's first records goes through the model, in batches in the order of their files.
     *
     * @param records at most so many
     * @param batch how many are computed together
     * @throws InvalidInput where something is wrong with what is given, or with a record, or Spark reads the records
     */
    public static <E, B> Together together(
            Task<E, B> task, TaskInputs given, Configuration hadoop, int records, int batch, Task.Slicing slicing) {
        List<E> examples = new ArrayList<>();
        try (RecordReader<E> reader = task.reader(hadoop)) {
            for (RecordFile file : files(given, hadoop)) {
                reader.read(file, example -> {
                    examples.add(example);
                    if (examples.size() == records) {
                        throw new Enough();
                    }
                });
            }
        } catch (Enough enough) {
            // All that were asked for are there.
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return together(task, examples, batch, slicing);
    }

    /**
     * The files of a run that are read without Spark.
     *
     * @throws InvalidInput where an entry is another
     */
    private static List<RecordFile> files(TaskInputs given, Configuration hadoop) throws IOException {
        DataSettings data = given.data();
        List<RecordFile> files = new ArrayList<>();
        for (String entry : data.train()) {
            if (data.format() == DataSettings.Format.LATENTS) {
                files.add(RecordFile.of(hadoop, FileSystems.path(entry), SETTING));
                continue;
            }
            if (data.table().source() == TableSettings.Source.TABLE) {
                throw InvalidInput.of(SETTING, entry, READ_BY_SPARK);
            }
            List<FileStatus> found = FileList.of(hadoop, SETTING, entry);
            String first = found.get(0).getPath().getName();
            if (!FileKind.isReadHere(data.format(), FileKind.of(data, first))) {
                throw InvalidInput.of(SETTING, entry, READ_BY_SPARK);
            }
            if (found.size() == 1) {
                Path path = FileSystems.path(entry);
                files.add(RecordFile.of(
                        hadoop,
                        path.getName().equals(first) ? path : found.get(0).getPath(),
                        SETTING));
                continue;
            }
            for (FileStatus file : found) {
                files.add(RecordFile.among(hadoop, file.getPath(), SETTING));
            }
        }
        return files;
    }

    private static <E, B> Together together(Task<E, B> task, List<E> examples, int atATime, Task.Slicing slicing) {
        long size = 0;
        long computed = 0;
        for (int from = 0; from < examples.size(); from += atATime) {
            B batch = task.batch(examples.subList(from, Math.min(examples.size(), from + atATime)));
            size += task.size(batch);
            computed += task.computed(batch, slicing);
        }
        return new Together(task.units(), size, computed);
    }

    /** Ends the reading of a file. */
    private static final class Enough extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Enough() {
            super("all records that were asked for", null, false, false);
        }
    }

    private static final class Counted {
        private final Consumer<Shown> out;
        private int left;

        Counted(int records, Consumer<Shown> out) {
            this.left = records;
            this.out = out;
        }

        void accept(Shown shown) {
            out.accept(shown);
            if (--left == 0) {
                throw new Enough();
            }
        }
    }

    private static final class Showing<E> implements RecordReader.Sink<E> {
        private final Viewer<E> viewer;
        private final List<E> examples;
        private final Counted out;
        private Optional<Origin> origin = Optional.empty();
        private int lost;

        /** @param examples to which those that are trained on are added */
        Showing(Viewer<E> viewer, List<E> examples, Counted out) {
            this.viewer = viewer;
            this.examples = examples;
            this.out = out;
        }

        @Override
        public void origin(Origin of) {
            origin = Optional.of(of);
        }

        @Override
        public void shortened(int turns) {
            lost = turns;
        }

        @Override
        public void accept(E example) {
            examples.add(example);
            shown(example, false);
        }

        @Override
        public void passedOver(E example) {
            shown(example, true);
        }

        private void shown(E example, boolean left) {
            Example shown = new Example(viewer.of(example), origin, left, lost);
            origin = Optional.empty();
            lost = 0;
            out.accept(shown);
        }

        @Override
        public void refused(InvalidInput mistake, String why) {
            out.accept(new Refused(mistake, why));
        }
    }
}
