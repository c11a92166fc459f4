package org.loradash.spark.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.loradash.data.RowRecords;
import org.loradash.data.ShardSummary;

/** Rows that Spark has read, of one part of a file or of a table. */
class RowShardsTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "file:/a.csv,     0, file:/a.csv record 3",
        "file:/a.csv,  4096, file:/a.csv behind byte 4096 record 3",
        "'',              0, catalog.records record 3",
        "'',              5, catalog.records partition 5 record 3"
    })
    void areNamedByTheirNumberInThePart(String file, long start, String place) throws IOException {
        RowShards<String> shards = new RowShards<>(
                new RowRecords(Set.of("taken"), new Anything()),
                "data.train",
                "catalog.records",
                directory.toUri().toString(),
                0);
        List<Row> rows = Stream.of("{\"a\":1}", "{\"a\":2}", "{\"taken\":3}")
                .map(object -> RowFactory.create(object, file, start))
                .toList();
        assertThat(shards.write(rows.iterator(), 5, new Configuration()))
                .singleElement()
                .extracting(RowShard::summary)
                .isEqualTo(new ShardSummary.Refused(place + ": the field taken (is what predict adds)"));
    }
}
