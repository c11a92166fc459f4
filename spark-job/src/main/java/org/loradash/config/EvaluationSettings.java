package org.loradash.config;

import static org.loradash.config.ValueType.BILLION;
import static org.loradash.config.ValueType.MILLION;
import static org.loradash.config.ValueType.anyWhole;
import static org.loradash.config.ValueType.choice;
import static org.loradash.config.ValueType.flag;
import static org.loradash.config.ValueType.names;
import static org.loradash.config.ValueType.number;
import static org.loradash.config.ValueType.texts;
import static org.loradash.config.ValueType.whole;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * How a model is evaluated on questions whose right answers are known, or on records with labels.
 *
 * @param data files of questions or records, each any Hadoop URI; empty where none are given
 * @param sets whose questions they are, in the order of the files; empty where the files' directories say it
 * @param records the first so many questions or records of each set; 0 for all
 * @param batchSize how many are computed together
 * @param partSize how many a task computes and keeps together
 * @param maxTokens the most new tokens of an answer
 * @param beams followed at once; 1 for the likeliest token each time
 * @param sampling whether tokens are drawn at random; there are no beams then
 */
public record EvaluationSettings(
        List<String> data,
        List<String> sets,
        int records,
        By by,
        int batchSize,
        int partSize,
        int maxTokens,
        int beams,
        boolean sampling,
        double temperature,
        int topK,
        double topP,
        long seed)
        implements Serializable {
    static final Key<List<String>> DATA = Key.optional(
            "evaluation.data",
            texts("a path or a list of paths"),
            "for the command evaluate: files of questions, in JSON or JSON lines of instruction, input and answer; of records in"
                    + " data.format, where the task is to predict labels",
            settings -> notEmpty(settings.evaluation().data()));

    static final Key<List<String>> SETS = Key.optional(
            "evaluation.sets",
            names("a list of different sets"),
            "whose questions the files are: boolq, piqa, social_i_qa, hellaswag, winogrande, ARC-Easy, ARC-Challenge,"
                    + " openbookqa, or another name, of questions that end with their answers (Answer format: yes/no); if not"
                    + " given, the names of the files' directories. Any names of files of records; if not given, the files'"
                    + " names without their endings",
            settings -> notEmpty(settings.evaluation().sets()));

    static final Key<Integer> RECORDS = Key.of(
            "evaluation.records",
            whole(0, BILLION),
            0,
            "the first so many questions or records of each set; 0: all",
            settings -> settings.evaluation().records());

    static final Key<By> BY = Key.of(
            "evaluation.by",
            choice(By.class),
            By.GENERATION,
            "generation: the first allowed answer in what the model writes. likelihood: the likeliest of the answers that"
                    + " the question allows",
            settings -> settings.evaluation().by());

    static final Key<Integer> BATCH_SIZE = Key.of(
            "evaluation.batch-size",
            whole(1, 4096),
            8,
            "questions or records that are computed together, and 8 times as many where predict classifies texts: more is faster and"
                    + " takes more memory",
            settings -> settings.evaluation().batchSize());

    static final Key<Integer> PART_SIZE = Key.of(
            "evaluation.part-size",
            whole(1, MILLION),
            32,
            "questions or records that a task computes and keeps, and 8 times as many where predict classifies texts; what is kept is"
                    + " never computed again",
            settings -> settings.evaluation().partSize());

    static final Key<Integer> MAX_TOKENS = Key.of(
            "evaluation.max-tokens",
            whole(1, MILLION),
            32,
            "the most new tokens of a written answer",
            settings -> settings.evaluation().maxTokens());

    static final Key<Integer> BEAMS = Key.of(
            "evaluation.beams",
            whole(1, 256),
            4,
            "beams of a written answer; 1: the likeliest token each time",
            settings -> settings.evaluation().beams());

    static final Key<Boolean> SAMPLING = Key.of(
            "evaluation.sampling",
            flag(),
            false,
            "draw tokens at random in place of beams; the keys below are for that alone",
            settings -> settings.evaluation().sampling());

    static final Key<Double> TEMPERATURE = Key.of(
            "evaluation.temperature",
            number("from 1e-30 to 1e30", value -> value >= 1e-30 && value <= 1e30),
            0.1,
            "logits are divided by it",
            settings -> settings.evaluation().temperature());

    static final Key<Integer> TOP_K = Key.of(
            "evaluation.top-k",
            whole(0, BILLION),
            40,
            "draw from the likeliest so many tokens; 0: from all",
            settings -> settings.evaluation().topK());

    static final Key<Double> TOP_P = Key.of(
            "evaluation.top-p",
            number("above 0 and at most 1", value -> value > 0 && value <= 1),
            0.75,
            "of those, from the fewest whose probabilities add up to this",
            settings -> settings.evaluation().topP());

    static final Key<Long> SEED =
            Key.of("evaluation.seed", anyWhole(), 42L, "of what is drawn", settings -> settings.evaluation()
                    .seed());

    static final List<Key<?>> KEYS = List.of(
            DATA,
            SETS,
            RECORDS,
            BY,
            BATCH_SIZE,
            PART_SIZE,
            MAX_TOKENS,
            BEAMS,
            SAMPLING,
            TEMPERATURE,
            TOP_K,
            TOP_P,
            SEED);

    static EvaluationSettings of(Values given) {
        List<String> data = given.optional(DATA).orElse(List.of());
        List<String> sets = given.optional(SETS).orElse(List.of());
        if (!sets.isEmpty() && sets.size() != data.size()) {
            throw given.refused(
                    SETS,
                    sets.size() + " sets",
                    "must be as many as the files of %s, %d".formatted(DATA.name(), data.size()));
        }
        return new EvaluationSettings(
                data,
                sets,
                given.value(RECORDS),
                given.value(BY),
                given.value(BATCH_SIZE),
                given.value(PART_SIZE),
                given.value(MAX_TOKENS),
                given.value(BEAMS),
                given.value(SAMPLING),
                given.value(TEMPERATURE),
                given.value(TOP_K),
                given.value(TOP_P),
                given.value(SEED));
    }

    private static Optional<List<String>> notEmpty(List<String> texts) {
        return Optional.of(texts).filter(list -> !list.isEmpty());
    }

    /** How a model answers a question. */
    public enum By {
        /** By what it writes. */
        GENERATION,
        /** By the one of the allowed answers that it finds likeliest. */
        LIKELIHOOD
    }
}
