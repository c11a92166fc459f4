package org.loradash.spark.source;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.loradash.data.Reading;
import org.loradash.data.RecordFile;
import org.loradash.data.ShardSummary;
import org.loradash.task.Examples;
import org.loradash.tsd.InvalidInput;

/**
 * Rows of a task of Spark's into shards of examples, one for each part of a file that the task reads.
 *
 * @param reading what becomes of them
 * @param setting that names the rows, for messages
 * @param entry the user's name of them
 * @param directory where shards go, under names of their own until their order is known
 * @param number of the entry among those of the setting
 */
record RowShards<E>(Reading<E> reading, String setting, String entry, String directory, int number)
        implements Serializable {

    /** Reads all rows, or up to the first mistake. */
    List<RowShard> write(Iterator<Row> read, int partition, Configuration hadoop) throws IOException {
        List<RowShard> shards = new ArrayList<>();
        Iterator<Row> rows = new CheckedRows(read, entry);
        Row next;
        try {
            next = rows.hasNext() ? rows.next() : null;
        } catch (InvalidInput mistake) {
            return List.of(new RowShard("", 0, RowHash.NONE, new ShardSummary.Refused(mistake.getMessage()), ""));
        }
        while (next != null) {
            Part part = new Part(next, rows);
            Path shard = new Path(directory, "rows-%06d-%06d-%06d.tokens".formatted(number, partition, shards.size()));
            ShardSummary summary = Examples.writeShard(hadoop, reading, new Input(part, hadoop), shard);
            shards.add(new RowShard(part.file, part.start, part.hash.hash(), summary, shard.toString()));
            if (summary instanceof ShardSummary.Refused) {
                return shards;
            }
            next = part.next;
        }
        return shards;
    }

    private final class Input implements Examples.Input {
        private final Part part;
        private final Configuration hadoop;

        Input(Part part, Configuration hadoop) {
            this.part = part;
            this.hadoop = hadoop;
        }

        @Override
        public Path path() {
            return new Path(part.file.isEmpty() ? entry : part.file);
        }

        @Override
        public RecordFile open() {
            return RecordFile.rows(hadoop, part.name(entry), setting, part);
        }
    }

    /** The rows of one part of a file, as lines. */
    private static final class Part extends InputStream {
        private final String file;
        private final long start;
        private final Iterator<Row> rows;
        private final RowHash.Sum hash = new RowHash.Sum();
        private ByteArrayInputStream line;

        /** The first row behind the part; nothing before that is reached, or where there is none. */
        private Row next;

        private boolean ended;

        Part(Row first, Iterator<Row> rows) {
            this.file = first.getString(OrderedRows.FILE);
            this.start = first.getLong(OrderedRows.START);
            this.rows = rows;
            this.line = line(first);
        }

        /** What messages call it, in which records are numbered from its beginning. */
        String name(String entry) {
            String behind = file.isEmpty() ? " partition " : " behind byte ";
            return (file.isEmpty() ? entry : file) + (start == 0 ? "" : behind + start);
        }

        private ByteArrayInputStream line(Row row) {
            String object = row.getString(OrderedRows.OBJECT);
            hash.add(object);
            return new ByteArrayInputStream((object + "\n").getBytes(StandardCharsets.UTF_8));
        }

        private boolean isHere(Row row) {
            return row.getString(OrderedRows.FILE).equals(file) && row.getLong(OrderedRows.START) == start;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            while (!ended && line.available() == 0) {
                Row row = rows.hasNext() ? rows.next() : null;
                if (row != null && isHere(row)) {
                    line = line(row);
                } else {
                    ended = true;
                    next = row;
                }
            }
            return ended ? -1 : line.read(bytes, offset, length);
        }
    }
}
