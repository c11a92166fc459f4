package org.loradash.spark.source;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.loradash.config.Figure;
import org.loradash.config.Settings;
import org.loradash.config.ValidationSettings;
import org.loradash.data.Dropped;
import org.loradash.data.HoldOut;
import org.loradash.data.RecordOrder;
import org.loradash.run.RunDirectory;
import org.loradash.spark.rounds.BatchSource;
import org.loradash.task.Task;
import org.loradash.tsd.Counted;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.Secrets;

/**
 * The records of a run as examples: those that it trains on, and those that it is measured on.
 *
 * @param holdOut which records of the training files are not trained on
 * @param validation where held-out records come in files of their own
 * @param heldOut what is measured on; no batch where nothing is
 */
public record RunRecords(
        StoredRecords train, HoldOut holdOut, Optional<StoredRecords> validation, HeldOutRecords heldOut) {

    /**
     * Makes examples of all files.
     *
     * @param located settings with whole paths
     * @throws InvalidInput for the first file in which something is wrong
     */
    public static RunRecords make(
            JavaSparkContext spark,
            Broadcast<SerializableConfiguration> hadoop,
            Task<?, ?> task,
            Settings located,
            RunDirectory directory) {
        ValidationSettings validation = located.validation();
        int batchSize = located.training().batchSize();
        StoredRecords train = StoredRecords.make(
                spark,
                hadoop,
                task,
                located.data(),
                "data.train",
                located.data().train(),
                directory.examples());
        if (validation.data().isEmpty()) {
            HoldOut holdOut = holdOut(train, located);
            HeldOutRecords heldOut =
                    HeldOutRecords.of(train, LongStream.of(holdOut.heldOut()), validation.records(), batchSize);
            return new RunRecords(train, holdOut, Optional.empty(), heldOut);
        }
        StoredRecords files = StoredRecords.make(
                spark, hadoop, task, located.data(), "validation.data", validation.data(), directory.heldOutExamples());
        HeldOutRecords heldOut = HeldOutRecords.of(
                files, LongStream.range(0, files.totals().examples()), validation.records(), batchSize);
        return new RunRecords(train, HoldOut.none(train.totals().examples()), Optional.of(files), heldOut);
    }

    private static HoldOut holdOut(StoredRecords train, Settings settings) {
        int count = settings.validation().holdOut();
        if (count >= train.totals().examples()) {
            throw InvalidInput.of(
                    "validation.hold-out",
                    count,
                    "must be below %d, the records of data.train"
                            .formatted(train.totals().examples()));
        }
        return HoldOut.choose(
                train.totals().examples(), count, settings.training().seed());
    }

    /** Tells how much there is. */
    public void tell(Task<?, ?> task, ValidationSettings settings, PrintStream out) {
        out.println(task.describe(train.totals()));
        tell(train, out);
        validation.ifPresent(files -> tell(files, out));
        if (settings.on()) {
            out.printf(
                    "validation %s, measured every %s%s%n",
                    validation.isPresent()
                            ? Counted.of(heldOut.records(), "held-out record")
                            : heldOut.records() + " of these records, which are not trained on",
                    settings.everyRounds() == 1 ? "round" : settings.everyRounds() + " rounds",
                    settings.patience() == 0
                            ? ""
                            : "; training ends early after %s without a %s %s"
                                    .formatted(
                                            settings.patience() == 1
                                                    ? "a measurement"
                                                    : settings.patience() + " measurements",
                                            settings.figure() == Figure.LOSS ? "lower" : "higher",
                                            settings.figure().title()));
        }
    }

    /** What is not in the stores, by the settings that name the files; empty where all is. */
    public Map<String, String> dropped() {
        Map<String, String> dropped = new LinkedHashMap<>();
        put(dropped, "data.train", train);
        validation.ifPresent(files -> put(dropped, "validation.data", files));
        return dropped;
    }

    private static void put(Map<String, String> dropped, String setting, StoredRecords records) {
        if (!records.dropped().equals(Dropped.NOTHING)) {
            dropped.put(setting, records.dropped().toString());
        }
    }

    private static void tell(StoredRecords records, PrintStream out) {
        if (!records.dropped().equals(Dropped.NOTHING)) {
            out.println("dropped    " + records.dropped());
        }
    }

    /** The size of the largest example. */
    public int longest() {
        return Math.max(
                train.totals().longest(),
                validation.map(files -> files.totals().longest()).orElse(0));
    }

    /** Each file's hash, by its name in the settings. */
    public Map<String, String> hashes(Settings settings) {
        Map<String, String> hashes = new LinkedHashMap<>();
        put(hashes, settings.data().train(), train);
        validation.ifPresent(files -> put(hashes, settings.validation().data(), files));
        return hashes;
    }

    private static void put(Map<String, String> hashes, List<String> names, StoredRecords files) {
        for (int i = 0; i < names.size(); i++) {
            hashes.put(Secrets.hidden(names.get(i)), files.inputs().get(i).sha256());
        }
    }

    /** Batches to train on, in the order of the run. */
    public <E, B> BatchSource<B> batches(
            Task<E, B> task, Settings settings, Broadcast<SerializableConfiguration> hadoop) {
        RecordOrder order = new RecordOrder(
                holdOut.left(), settings.data().shuffle(), settings.training().seed());
        return new RecordBatches<>(task, order, holdOut, hadoop);
    }

    /** Lets this process's open files go. */
    public void close() {
        RecordStores.close(train.location());
        validation.ifPresent(files -> RecordStores.close(files.location()));
    }
}
