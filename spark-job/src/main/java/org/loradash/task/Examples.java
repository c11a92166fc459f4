package org.loradash.task;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.Path;
import org.loradash.data.RecordFile;
import org.loradash.data.RecordReader;
import org.loradash.data.RecordShardWriter;
import org.loradash.data.RecordStore;
import org.loradash.data.ShardSummary;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;

/** One input file into one shard of examples: the work of one Spark task. */
public final class Examples {
    private Examples() {}

    /**
     * Reads the records of a file, makes examples of them, and writes them as a shard, whole or not at all. The same file and
     * settings give the same bytes.
     *
     * @param setting that names the file, for messages
     * @param shard where the shard goes: {@link RecordStore#shard}
     * @return its totals, or the user's mistake
     * @throws IOException when a file system fails, which is worth another attempt
     */
    public static <E> ShardSummary writeShard(
            Configuration hadoop, Task<E, ?> task, String setting, Path input, Path shard) throws IOException {
        try {
            return writeShard(hadoop, task, RecordFile.of(hadoop, input, setting), shard);
        } catch (ChecksumException damaged) {
            return new ShardSummary.Refused(Message.of(input, damaged).getMessage());
        } catch (InvalidInput mistake) {
            return new ShardSummary.Refused(mistake.getMessage());
        }
    }

    private static <E> ShardSummary writeShard(Configuration hadoop, Task<E, ?> task, RecordFile file, Path shard)
            throws IOException {
        try (RecordReader<E> reader = task.reader(hadoop);
                RecordShardWriter<E> writer =
                        RecordShardWriter.create(shard.getFileSystem(hadoop), shard, task.codec())) {
            reader.read(file, writer::write);
            writer.commit();
            return writer.summary(file.sha256());
        }
    }
}
