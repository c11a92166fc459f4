package org.loradash.spark.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.config.ChatSettings;
import org.loradash.config.DataSettings;
import org.loradash.config.TableSettings;
import org.loradash.config.TableSettings.Source;
import org.loradash.data.RowRecords;
import org.loradash.spark.application.LocalSpark;
import org.loradash.tsd.InvalidInput;

/** Rows of a table that Spark does not read from files, as rows are kept that a model is going to be asked about. */
class StoredRecordsTest {
    private static final DataSettings TABLE = new DataSettings(
                    List.of(),
                    DataSettings.Format.INSTRUCTION,
                    64,
                    true,
                    true,
                    true,
                    true,
                    TableSettings.USUAL,
                    ChatSettings.USUAL)
            .with(DataSettings.Format.INSTRUCTION, Source.TABLE);

    private static final List<String> TEXTS =
            IntStream.range(0, 50).mapToObj(i -> "text " + i % 40).toList();

    private static JavaSparkContext spark;
    private static SparkSession session;
    private static Broadcast<SerializableConfiguration> hadoop;

    @TempDir
    private Path directory;

    @BeforeAll
    static void startSpark() {
        spark = LocalSpark.start("local[2]");
        session = SparkSession.builder().sparkContext(spark.sc()).getOrCreate();
        hadoop = spark.broadcast(new SerializableConfiguration(new Configuration()));
    }

    @AfterAll
    static void stopSpark() {
        spark.close();
    }

    @Test
    void haveOneOrderHoweverTheyAreParted() {
        StoredRecords one = make("one", TEXTS, 1);
        StoredRecords seven = make("seven", TEXTS.stream().sorted().toList(), 7);
        assertThat(seven.inputs()).isEqualTo(one.inputs());
        List<String> rows = rows(one);
        assertThat(rows(seven)).isEqualTo(rows);
        assertThat(rows)
                .containsExactlyInAnyOrderElementsOf(
                        TEXTS.stream().map("{\"value\":\"%s\"}"::formatted).toList());
        assertThat(make("other", TEXTS.subList(1, 50), 1).inputs().get(0).sha256())
                .isNotEqualTo(one.inputs().get(0).sha256());
    }

    @Test
    void areRefusedWhereThereIsNoSuchTable() {
        assertThatThrownBy(() -> StoredRecords.make(
                        spark, hadoop, reading(), TABLE, "data.train", List.of("no.such"), location("none")))
                .isInstanceOf(InvalidInput.class)
                .hasMessageStartingWith("data.train: no.such (must be what Spark reads: [TABLE_OR_VIEW_NOT_FOUND]");
        assertThatThrownBy(() -> StoredRecords.make(
                        spark, hadoop, reading(), TABLE, "data.train", List.of("no/such.json"), location("none")))
                .isInstanceOf(InvalidInput.class)
                .hasMessageStartingWith("data.train: no/such.json (must be what Spark reads: [PARSE_SYNTAX_ERROR]");
    }

    private StoredRecords make(String name, List<String> texts, int parts) {
        session.createDataset(texts, Encoders.STRING()).repartition(parts).createOrReplaceTempView("records");
        return StoredRecords.make(spark, hadoop, reading(), TABLE, "data.train", List.of("records"), location(name));
    }

    private org.apache.hadoop.fs.Path location(String name) {
        return new org.apache.hadoop.fs.Path(directory.resolve(name).toUri());
    }

    private static List<String> rows(StoredRecords stored) {
        long[] all = LongStream.range(0, stored.totals().examples()).toArray();
        return RecordStores.read(stored.location(), all, RowRecords.CODEC, new Configuration());
    }

    private static RowRecords reading() {
        return new RowRecords(java.util.Set.of(), new Anything());
    }
}
