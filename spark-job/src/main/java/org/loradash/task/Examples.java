package org.loradash.task;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.Path;
import org.loradash.data.Dropped;
import org.loradash.data.Reading;
import org.loradash.data.RecordFile;
import org.loradash.data.RecordReader;
import org.loradash.data.RecordShardWriter;
import org.loradash.data.ShardSummary;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;

/** One input file into one shard of examples: the work of one Spark task. */
public final class Examples {
    private Examples() {}

    /** What records are read from. */
    public interface Input {
        /** Where it is, for messages. */
        Path path();

        /** @throws InvalidInput where it is not there */
        RecordFile open() throws IOException;
    }

    /** A file, or a folder whose files are records, as an input. @param setting that names it, for messages */
    public static <E> ShardSummary writeShard(
            Configuration hadoop, Reading<E> reading, String setting, Path input, Path shard) throws IOException {
        return writeShard(
                hadoop,
                reading,
                new Input() {
                    @Override
                    public Path path() {
                        return input;
                    }

                    @Override
                    public RecordFile open() throws IOException {
                        return reading.readsFolders()
                                ? RecordFile.folder(hadoop, input, setting)
                                : RecordFile.of(hadoop, input, setting);
                    }
                },
                shard);
    }

    /**
     * Reads the records of a file, makes examples of them, and writes them as a shard, whole or not at all. The same file and
     * settings give the same bytes.
     *
     * @param input opens the file
     * @param shard where the shard goes
     * @return its totals, or the user's mistake
     * @throws IOException when a file system fails, which is worth another attempt
     */
    public static <E> ShardSummary writeShard(Configuration hadoop, Reading<E> reading, Input input, Path shard)
            throws IOException {
        try {
            return writeShard(hadoop, reading, input.open(), shard);
        } catch (ChecksumException damaged) {
            return new ShardSummary.Refused(Message.of(input.path(), damaged).getMessage());
        } catch (InvalidInput mistake) {
            return new ShardSummary.Refused(mistake.getMessage());
        }
    }

    private static <E> ShardSummary writeShard(Configuration hadoop, Reading<E> reading, RecordFile file, Path place)
            throws IOException {
        try (RecordReader<E> reader = reading.reader(hadoop);
                RecordShardWriter<E> writer =
                        RecordShardWriter.create(place.getFileSystem(hadoop), place, reading.codec())) {
            Shard<E> shard = new Shard<>(writer);
            reader.read(file, shard);
            writer.commit();
            return writer.summary(file.sha256(), shard.dropped);
        }
    }

    /** Writes examples, and counts what is left out. */
    private static final class Shard<E> implements RecordReader.Sink<E> {
        private final RecordShardWriter<E> writer;
        private Dropped dropped = Dropped.NOTHING;

        Shard(RecordShardWriter<E> writer) {
            this.writer = writer;
        }

        @Override
        public void accept(E example) throws IOException {
            writer.write(example);
        }

        @Override
        public void shortened(int turns) {
            dropped = dropped.and(new Dropped(0, 1, turns));
        }

        @Override
        public void passedOver(E example) {
            dropped = dropped.and(new Dropped(1, 0, 0));
        }
    }
}
