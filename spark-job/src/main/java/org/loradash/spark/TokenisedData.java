package org.loradash.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.loradash.config.Settings;
import org.loradash.data.ShardSummary;
import org.loradash.data.TokenStore;
import org.loradash.data.Tokenisation;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;

/**
 * Records as tokens, in a directory that tasks read by index: one task and one shard an input file.
 *
 * @param location the directory
 * @param longest tokens of the longest record
 * @param hashes SHA-256 of each input file, in their order
 */
record TokenisedData(
        String location, long records, long tokens, long labelledTokens, int longest, List<String> hashes) {

    /**
     * Tokenises all files.
     *
     * @param setting that names them
     * @param inputs the files, in {@code data.format}
     * @param location may lie in that of other data, but not the other way round
     * @throws InvalidInput for the first file, in their order, in which something is wrong
     */
    static TokenisedData make(
            JavaSparkContext spark,
            Broadcast<SerializableConfiguration> hadoop,
            String setting,
            List<String> inputs,
            Settings.Data data,
            String modelPath,
            int vocabularySize,
            Path location) {
        String directory = location.toString();
        clear(location, hadoop.value().value());
        String section = setting.substring(0, setting.indexOf('.'));
        spark.setJobDescription(section + ": tokens of " + inputs.size() + " files");
        List<ShardSummary> summaries = spark.parallelize(
                        IntStream.range(0, inputs.size()).boxed().toList(), inputs.size())
                .map(i -> Tokenisation.writeShard(
                        hadoop.value().value(),
                        setting,
                        FileSystems.path(inputs.get(i)),
                        data,
                        FileSystems.path(modelPath),
                        vocabularySize,
                        TokenStore.shard(new Path(directory), i)))
                .collect();
        long records = 0;
        long tokens = 0;
        long labelled = 0;
        int longest = 0;
        List<String> hashes = new ArrayList<>();
        for (ShardSummary summary : summaries) {
            if (summary instanceof ShardSummary.Refused refused) {
                clear(location, hadoop.value().value());
                throw new InvalidInput(refused.line());
            }
            ShardSummary.Written written = (ShardSummary.Written) summary;
            records += written.records();
            tokens += written.tokens();
            labelled += written.labelledTokens();
            longest = Math.max(longest, written.longest());
            hashes.add(written.sha256());
        }
        return new TokenisedData(directory, records, tokens, labelled, longest, List.copyOf(hashes));
    }

    /** A store is all shards of its directory, so what an interrupted run left there goes. */
    private static void clear(Path location, Configuration hadoop) {
        try {
            location.getFileSystem(hadoop).delete(location, true);
        } catch (IOException e) {
            throw new UncheckedIOException(location.toString(), e);
        }
    }
}
