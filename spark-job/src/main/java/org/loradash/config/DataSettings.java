package org.loradash.config;

import static org.loradash.config.ValueType.MILLION;
import static org.loradash.config.ValueType.choice;
import static org.loradash.config.ValueType.flag;
import static org.loradash.config.ValueType.taskPaths;
import static org.loradash.config.ValueType.whole;

import java.io.Serializable;
import java.util.List;
import java.util.stream.Stream;

/**
 * The records to train on, and how they become batches.
 *
 * @param train files, each any Hadoop URI, in this order
 * @param cutoff the most tokens of a record that are kept
 * @param trainOnInputs whether prompt tokens carry labels, or those of the response only
 * @param shuffle whether each epoch goes through the records in its own seeded order
 * @param packing whether sequences lie end to end in a computation, or each is computed by itself
 * @param sharePrefixes whether tokens that records of a slice have in common from their beginning are computed once
 * @param table how texts and labels are found in files
 * @param chat how texts are made of conversations
 */
public record DataSettings(
        List<String> train,
        Format format,
        int cutoff,
        boolean trainOnInputs,
        boolean shuffle,
        boolean packing,
        boolean sharePrefixes,
        TableSettings table,
        ChatSettings chat)
        implements Serializable {
    static final Key<List<String>> TRAIN =
            Key.required("data.train", taskPaths(), "files of records", settings -> settings.data()
                    .train());

    static final Key<Format> FORMAT = Key.of(
            "data.format",
            choice(Format.class),
            Format.INSTRUCTION,
            "records of instruction, input and output in JSON or JSON lines, of input_ids and labels in JSON lines, tables of"
                    + " texts with labels, conversations in JSON or JSON lines; denoising: latents in safetensors, or folders of photos",
            settings -> settings.data().format());

    static final Key<Integer> CUTOFF = Key.of(
            "data.cutoff", whole(2, MILLION), 256, "most tokens of a record that are kept", settings -> settings.data()
                    .cutoff());

    static final Key<Boolean> TRAIN_ON_INPUTS = Key.of(
            "data.train-on-inputs",
            flag(),
            true,
            "whether the prompt's tokens carry loss too",
            settings -> settings.data().trainOnInputs());

    static final Key<Boolean> SHUFFLE =
            Key.of("data.shuffle", flag(), true, "a seeded order of its own for each epoch", settings -> settings.data()
                    .shuffle());

    static final Key<Boolean> PACKING = Key.of(
            "data.packing",
            flag(),
            true,
            "compute a batch's records end to end, without padding",
            settings -> settings.data().packing());

    static final Key<Boolean> SHARE_PREFIXES = Key.of(
            "data.share-prefixes",
            flag(),
            true,
            "compute tokens that records packed together have in common from their beginning once: the same losses and"
                    + " gradients, but with adapter.dropout such a token has one mask for all of them; task.kind = language",
            settings -> settings.data().sharePrefixes());

    static final List<Key<?>> KEYS = Stream.of(
                    List.of(TRAIN, FORMAT, CUTOFF, TRAIN_ON_INPUTS, SHUFFLE, PACKING, SHARE_PREFIXES),
                    TableSettings.KEYS,
                    ChatSettings.KEYS)
            .flatMap(List::stream)
            .toList();

    static DataSettings of(Values given) {
        return of(given, given.value(TRAIN));
    }

    /** Of a configuration in which there need be nothing to train on. */
    static DataSettings forEvaluation(Values given) {
        return of(given, given.optional(TRAIN).orElse(List.of()));
    }

    private static DataSettings of(Values given, List<String> train) {
        return new DataSettings(
                train,
                given.value(FORMAT),
                given.value(CUTOFF),
                given.value(TRAIN_ON_INPUTS),
                given.value(SHUFFLE),
                given.value(PACKING),
                given.value(SHARE_PREFIXES),
                TableSettings.of(given),
                ChatSettings.of(given));
    }

    /** The same for records in that format, in files or tables of that kind. */
    public DataSettings with(Format other, TableSettings.Source source) {
        return new DataSettings(
                train,
                other,
                cutoff,
                trainOnInputs,
                shuffle,
                packing,
                sharePrefixes,
                new TableSettings(source, table.header(), table.skipShortRows(), table.texts(), table.label()),
                chat);
    }

    /** What a file of records holds. */
    public enum Format {
        /** A JSON array or JSON lines of instruction, input and output. */
        INSTRUCTION,
        /** JSON lines of input_ids and labels. */
        TOKENS,
        /** Tables of a text or a pair of texts, and a label. */
        TEXT,
        /** A JSON array or JSON lines of conversations, which the model's own template makes texts of. */
        CHAT,
        /** Safetensors of latents and what a U-Net is told beside them. */
        LATENTS,
        /** Folders of photos of one subject. */
        IMAGES;

        /** Whether a file of records is a folder. */
        public boolean isFolder() {
            return this == IMAGES;
        }
    }
}
