package org.loradash.ml;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.conv;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.to_json;

import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.loradash.config.Settings;
import org.loradash.config.SettingsReader;
import org.loradash.config.SettingsText;
import org.loradash.spark.training.TrainingJob;
import org.loradash.tsd.io.Sha256;

/**
 * Trains on a dataset. Its run lies in a directory that is named by its rows and settings, so the same fit finds its run again, and
 * another one, as of cross-validation, does not.
 *
 * @param configuration a configuration file, or null
 * @param runs the directory of runs
 */
record Fit(String configuration, String runs) {
    private static final int NAME = 16;

    /** @return the directory of the run */
    String run(Dataset<Row> records, List<String> settings) {
        SparkSession session = records.sparkSession();
        JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        SettingsReader reader = new SettingsReader(spark.hadoopConfiguration());
        String name = name(SettingsText.deciding(read(reader, settings, "rows")).toString(), records);
        String run = new Path(runs, name).toString();
        String view = "lora_dash_" + name;
        records.createOrReplaceTempView(view);
        SparkSession before = SparkSession.getActiveSession().getOrElse(() -> session);
        SparkSession.setActiveSession(session);
        try {
            List<String> all = new ArrayList<>(settings);
            all.add(OwnSettings.text("run.output", run));
            TrainingJob.run(read(reader, all, view), spark);
        } finally {
            SparkSession.setActiveSession(before);
            session.catalog().dropTempView(view);
        }
        return run;
    }

    private Settings read(SettingsReader reader, List<String> settings, String view) {
        List<String> all = new ArrayList<>(List.of(OwnSettings.text("run.output", runs)));
        all.addAll(settings);
        all.add("data.source=table");
        all.add("data.train=" + view);
        return configuration == null ? reader.read(all) : reader.read(configuration, all);
    }

    /** Rows in another order have the same name. */
    private static String name(String settings, Dataset<Row> records) {
        Row rows = records.select(sha2(to_json(struct(col("*"))), 256).as("hash"))
                .agg(
                        count(lit(1)),
                        sum(conv(substring(col("hash"), 1, 15), 16, 10).cast("decimal(38,0)")))
                .head();
        return Sha256.of(settings + rows).substring(0, NAME);
    }
}
