package org.loradash.spark.source;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.loradash.config.DataSettings;
import org.loradash.data.Dropped;
import org.loradash.data.Reading;
import org.loradash.data.RecordFile;
import org.loradash.data.RecordStore;
import org.loradash.data.ShardSummary;
import org.loradash.spark.source.Source.Files;
import org.loradash.spark.source.Source.Piece;
import org.loradash.spark.source.Source.Rows;
import org.loradash.spark.source.StoredRecords.Input;
import org.loradash.task.Examples;
import org.loradash.task.Task;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.Secrets;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.Sha256;

/**
 * Writes a store of records: Spark tasks make shards of files, of parts of large files, and of the parts of tables that Spark gives
 * them. Shards are numbered in the order of the entries, then of their files' names, then of what lies in a file; so which example
 * has which number does not depend on how much a task reads.
 */
final class StoreWriter {
    private final JavaSparkContext spark;
    private final Broadcast<SerializableConfiguration> hadoop;
    private final Reading<?> reading;
    private final DataSettings data;
    private final String setting;
    private final Path location;

    StoreWriter(
            JavaSparkContext spark,
            Broadcast<SerializableConfiguration> hadoop,
            Reading<?> reading,
            DataSettings data,
            String setting,
            Path location) {
        this.spark = spark;
        this.hadoop = hadoop;
        this.reading = reading;
        this.data = data;
        this.setting = setting;
        this.location = location;
    }

    /** What one entry has come to. @param shards in their order, with names that are not final yet */
    private record Made(List<Path> shards, List<ShardSummary.Written> summaries, String sha256) {}

    StoredRecords write(List<String> inputs) {
        long pieceSize = spark.getConf().getSizeAsBytes("spark.sql.files.maxPartitionBytes", "128m");
        List<Source> sources = inputs.stream()
                .map(entry -> Source.of(configuration(), data, setting, entry, pieceSize))
                .toList();
        List<List<ShardSummary>> ofFiles = files(sources);
        List<Made> made = new ArrayList<>();
        for (int entry = 0; entry < inputs.size(); entry++) {
            made.add(
                    sources.get(entry) instanceof Rows rows
                            ? rows(entry, rows)
                            : files(entry, (Files) sources.get(entry), ofFiles.get(entry)));
        }
        return numbered(inputs, made);
    }

    private Configuration configuration() {
        return hadoop.value().value();
    }

    private StoredRecords numbered(List<String> inputs, List<Made> made) {
        long records = 0;
        long size = 0;
        long weight = 0;
        int longest = 0;
        Dropped dropped = Dropped.NOTHING;
        int shard = 0;
        List<Input> entries = new ArrayList<>();
        for (int entry = 0; entry < inputs.size(); entry++) {
            Made of = made.get(entry);
            long before = records;
            for (int i = 0; i < of.summaries().size(); i++) {
                ShardSummary.Written written = of.summaries().get(i);
                move(of.shards().get(i), RecordStore.shard(location, shard++));
                records += written.records();
                size += written.size();
                weight += written.weight();
                longest = Math.max(longest, written.longest());
                dropped = dropped.and(written.dropped());
            }
            entries.add(new Input(Secrets.hidden(inputs.get(entry)), records - before, of.sha256()));
        }
        if (records == 0) {
            throw InvalidInput.of(setting, dropped, "must have a record of which something can be learnt");
        }
        return new StoredRecords(
                location.toString(), new Task.Totals(records, size, weight, longest), List.copyOf(entries), dropped);
    }

    private void move(Path from, Path to) {
        try {
            FileSystem files = location.getFileSystem(configuration());
            if (!files.rename(from, to)) {
                throw new IOException(from + ": cannot be renamed to " + to.getName());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is done with a piece of a file: it becomes a shard, or is read for the file's hash. */
    private record Work(int entry, int number, Piece piece) implements Serializable {
        Path shard(String directory) {
            return new Path(directory, "file-%06d-%06d.tokens".formatted(entry, number));
        }

        boolean isHash() {
            return number < 0;
        }
    }

    /** By entry: the summaries of its pieces, and behind them those of files whose hash is made by itself. */
    private List<List<ShardSummary>> files(List<Source> sources) {
        List<Work> work = new ArrayList<>();
        for (int entry = 0; entry < sources.size(); entry++) {
            if (sources.get(entry) instanceof Files files) {
                int of = entry;
                List<Piece> pieces = files.pieces();
                IntStream.range(0, pieces.size()).forEach(i -> work.add(new Work(of, i, pieces.get(i))));
                inParts(pieces).forEach(path -> work.add(new Work(of, -1, Piece.whole(new Path(path), false))));
            }
        }
        List<List<ShardSummary>> byEntry = sources.stream()
                .<List<ShardSummary>>map(source -> new ArrayList<>())
                .toList();
        if (work.isEmpty()) {
            return byEntry;
        }
        describe(work.size() + " files");
        String directory = location.toString();
        Reading<?> read = reading;
        String ofSetting = setting;
        Broadcast<SerializableConfiguration> configuration = hadoop;
        List<ShardSummary> summaries = spark.parallelize(
                        IntStream.range(0, work.size()).boxed().toList(), work.size())
                .map(i -> summary(
                        work.get(i),
                        read,
                        ofSetting,
                        directory,
                        configuration.value().value()))
                .collect();
        for (int i = 0; i < work.size(); i++) {
            byEntry.get(work.get(i).entry()).add(summaries.get(i));
        }
        return byEntry;
    }

    private static Set<String> inParts(List<Piece> pieces) {
        return pieces.stream()
                .filter(piece -> !piece.isWhole())
                .map(Piece::path)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static ShardSummary summary(
            Work work, Reading<?> reading, String setting, String directory, Configuration hadoop) throws IOException {
        Path path = FileSystems.path(work.piece().path());
        if (work.isHash()) {
            String sha256 = Sha256.of(FileSystems.of(setting, path, hadoop), path);
            return new ShardSummary.Written(0, 0, 0, 0, sha256, Dropped.NOTHING);
        }
        Piece piece = work.piece();
        if (piece.alone()) {
            return Examples.writeShard(hadoop, reading, setting, path, work.shard(directory));
        }
        Examples.Input input = new Examples.Input() {
            @Override
            public Path path() {
                return path;
            }

            @Override
            public RecordFile open() throws IOException {
                return piece.isWhole()
                        ? RecordFile.among(hadoop, path, setting)
                        : RecordFile.lines(hadoop, path, setting, piece.from(), piece.to());
            }
        };
        return Examples.writeShard(hadoop, reading, input, work.shard(directory));
    }

    private Made files(int entry, Files files, List<ShardSummary> summaries) {
        List<ShardSummary.Written> written =
                summaries.stream().map(StoreWriter::written).toList();
        List<Piece> pieces = files.pieces();
        List<Path> shards = IntStream.range(0, pieces.size())
                .mapToObj(i -> new Work(entry, i, pieces.get(i)).shard(location.toString()))
                .toList();
        List<String> inParts = List.copyOf(inParts(pieces));
        List<String> hashes = new ArrayList<>();
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            if (piece.isWhole()) {
                hashes.add(written.get(i).sha256());
            } else if (piece.from() == 0) {
                hashes.add(written.get(pieces.size() + inParts.indexOf(piece.path()))
                        .sha256());
            }
        }
        return new Made(shards, written.subList(0, pieces.size()), together(hashes));
    }

    /** Of several files: of the lines of their hashes, as sha256sum makes it. */
    private static String together(List<String> hashes) {
        return hashes.size() == 1
                ? hashes.get(0)
                : Sha256.of(hashes.stream().map(hash -> hash + "\n").collect(Collectors.joining()));
    }

    private static ShardSummary.Written written(ShardSummary summary) {
        if (summary instanceof ShardSummary.Refused refused) {
            throw new InvalidInput(refused.line());
        }
        return (ShardSummary.Written) summary;
    }

    private Made rows(int entry, Rows source) {
        SparkSession session = SparkSession.builder().sparkContext(spark.sc()).getOrCreate();
        OrderedRows ordered = OrderedRows.read(session, data, source, setting);
        describe("rows of " + Secrets.hidden(source.name()));
        RowShards<?> shards = new RowShards<>(reading, setting, source.name(), location.toString(), entry);
        Broadcast<SerializableConfiguration> configuration = hadoop;
        List<RowShard> made = new ArrayList<>(ordered.rows()
                .toJavaRDD()
                .mapPartitionsWithIndex(
                        (partition, rows) -> shards.write(
                                        rows, partition, configuration.value().value())
                                .iterator(),
                        false)
                .collect());
        made.sort(Comparator.comparing(RowShard::file).thenComparing(RowShard::start));
        RowHash hash = RowHash.NONE;
        List<ShardSummary.Written> written = new ArrayList<>();
        for (RowShard shard : made) {
            written.add(written(shard.summary()));
            hash = hash.and(shard.hash());
        }
        return new Made(made.stream().map(shard -> new Path(shard.shard())).toList(), written, hash.hexadecimal());
    }

    private void describe(String what) {
        String section = setting.replaceFirst("\\..*", "");
        spark.setJobDescription(section + ": " + reading.content() + " of " + what);
    }
}
