package org.loradash.config;

import static org.loradash.config.ValueType.anyWhole;
import static org.loradash.config.ValueType.choice;
import static org.loradash.config.ValueType.flag;
import static org.loradash.config.ValueType.names;
import static org.loradash.config.ValueType.number;
import static org.loradash.config.ValueType.text;
import static org.loradash.config.ValueType.texts;
import static org.loradash.config.ValueType.whole;
import static org.loradash.config.ValueType.wholeOr;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.loradash.config.Settings.Averaging;
import org.loradash.config.Settings.By;
import org.loradash.config.Settings.Choice;
import org.loradash.config.Settings.Format;
import org.loradash.config.Settings.Length.Epochs;
import org.loradash.config.Settings.Length.Steps;
import org.loradash.config.Settings.Method;
import org.loradash.config.Settings.Schedule;
import org.loradash.config.Settings.Storage;

/**
 * Every key of a configuration file but Spark's own properties: the one table that the reader, the text of a resolved
 * configuration and the command's help are made from. Upper limits keep a record's index over a run within 64 bits;
 * narrower ones, such as a rank's that a model sets, are checked where the model is read.
 */
public final class Keys {
    private static final int MILLION = 1_000_000;
    private static final int BILLION = 1_000_000_000;
    private static final int DAY = 86_400;

    static final Key<String> OUTPUT =
            Key.required("run.output", text("a path"), "the run's directory", settings -> settings.run()
                    .output());

    static final Key<Integer> CLAIM_SECONDS = Key.of(
            "run.claim-seconds",
            whole(1, DAY),
            60,
            "a run started again after its driver was killed waits until that driver has given no sign of life for so"
                    + " long; while it lives, a second one is refused",
            settings -> settings.run().claimSeconds());

    static final Key<String> MODEL =
            Key.required("model.path", text("a path"), "a Hugging Face model directory", settings -> settings.model()
                    .path());
    static final Key<Storage> STORAGE = Key.of(
            "model.storage",
            choice(Storage.class),
            Storage.FLOAT32,
            "the frozen weights in memory",
            settings -> settings.model().storage());

    static final Key<List<String>> TRAIN = Key.required(
            "data.train", texts("a path or a list of paths"), "files of records", settings -> settings.data()
                    .train());
    static final Key<Format> FORMAT = Key.of(
            "data.format",
            choice(Format.class),
            Format.INSTRUCTION,
            "records of instruction, input and output in JSON or JSON lines, or of input_ids and labels in JSON lines",
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

    static final Key<Method> METHOD = Key.of(
            "adapter.method",
            choice(Method.class),
            Method.LORA_DASH,
            "what is trained. lora: factors A and B beside W. pissa, milora, rosa: A and B that begin as W's largest,"
                    + " smallest or random singular triplets, beside the rest of W. spectral: the largest singular"
                    + " vectors themselves. full: W itself, without rank and alpha; each element of the targets takes 16"
                    + " bytes of native memory in every task (what is added to it, gradient, AdamW's two moments), and"
                    + " weight decay shrinks W. lora-dash: lora, and then coordinates of the task's directions",
            settings -> settings.adapter().method());
    static final Key<Integer> RANK = Key.of(
            "adapter.rank", whole(1, 65536), 32, "columns of the adapter's factors", settings -> settings.adapter()
                    .rank());
    static final Key<Double> ALPHA = Key.of(
            "adapter.alpha",
            number("above 0", value -> value > 0),
            64.0,
            "the adapter's scale is alpha / rank; spectral and full have none",
            settings -> settings.adapter().alpha());
    static final Key<Double> DROPOUT = Key.of(
            "adapter.dropout",
            number("from 0 to below 1", value -> value >= 0 && value < 1),
            0.0,
            "chance that an element of the adapter's input is zeroed",
            settings -> settings.adapter().dropout());
    static final Key<List<String>> TARGETS = Key.of(
            "adapter.targets",
            names("a list of different module names"),
            List.of("q_proj", "k_proj", "v_proj", "up_proj", "down_proj"),
            "the linear layers that are adapted",
            settings -> settings.adapter().targets());
    static final Key<String> START_FROM = Key.optional(
            "adapter.start-from",
            text("a path"),
            "a PEFT adapter directory to go on from, for lora and lora-dash",
            settings -> settings.adapter().startFrom());

    static final Key<Boolean> DASH_ON = Key.optional(
            "dash.on",
            flag(),
            "whether directions are chosen after pre-launch and get coordinates, beside any method; if not given, for"
                    + " lora-dash only",
            settings -> Optional.of(settings.dash().on()));
    static final Key<Integer> DIRECTIONS = Key.of(
            "dash.directions",
            whole(1, 65536),
            8,
            "directions of each target that get coordinates",
            settings -> settings.dash().directions());
    static final Key<Choice> CHOOSE = Key.of(
            "dash.choose",
            choice(Choice.class),
            Choice.TSD,
            "which directions: those whose singular values changed most (tsd), or for comparison those with the largest"
                    + " or smallest singular values or random ones",
            settings -> settings.dash().choose());
    static final Key<Optional<Integer>> PRE_LAUNCH_STEPS = Key.of(
            "dash.pre-launch-steps",
            wholeOr("auto", 1, BILLION),
            Optional.of(100),
            "steps before directions are chosen; a round is cut short to end there. auto: until the directions have"
                    + " settled",
            settings -> settings.dash().preLaunchSteps());
    static final Key<Integer> AUTO_CHECK_EVERY = Key.of(
            "dash.auto.check-every",
            whole(1, BILLION),
            10,
            "steps between two looks at the directions; a round is cut short to end there",
            settings -> settings.dash().auto().checkEvery());
    static final Key<Double> AUTO_OVERLAP = Key.of(
            "dash.auto.overlap",
            number("above 0 and at most 1", value -> value > 0 && value <= 1),
            0.9,
            "they have settled when this share of a target's directions, in the mean over all targets, was among the"
                    + " best at the look before too",
            settings -> settings.dash().auto().overlap());
    static final Key<Integer> AUTO_LEAST_STEPS = Key.of(
            "dash.auto.least-steps",
            whole(1, BILLION),
            50,
            "pre-launch takes no fewer, however settled",
            settings -> settings.dash().auto().leastSteps());
    static final Key<Integer> AUTO_MOST_STEPS = Key.of(
            "dash.auto.most-steps",
            whole(1, BILLION),
            300,
            "and no more, however unsettled",
            settings -> settings.dash().auto().mostSteps());
    static final Key<Double> COORDINATE_LEARNING_RATE = Key.optional(
            "dash.coordinate-learning-rate",
            number("of at least 0", value -> value >= 0),
            "the largest of the coordinates, which follows the same schedule; training.learning-rate if not given",
            settings -> settings.dash().coordinateLearningRate());
    static final Key<Integer> TRACK_EVERY = Key.of(
            "dash.track-every",
            whole(0, BILLION),
            0,
            "steps between two records in tsd/tracked of the directions that the method's change of W predicts; a round"
                    + " is cut short to end there, and every decomposition is read again; 0: none",
            settings -> settings.dash().trackEvery());
    static final Key<Double> DASH_EPSILON = Key.of(
            "dash.epsilon",
            number("above 0", value -> value > 0),
            1e-6,
            "added to a singular value that divides",
            settings -> settings.dash().epsilon());
    static final Key<String> CACHE = Key.optional(
            "dash.cache",
            text("a path"),
            "where decompositions are kept; beside the run's directory if not given",
            settings -> settings.dash().cache());

    static final Key<Integer> EVERY_ROUNDS = Key.of(
            "checkpoint.every-rounds",
            whole(0, BILLION),
            1,
            "rounds between checkpoints; 0: only at the boundary and the end",
            settings -> settings.checkpoint().everyRounds());
    static final Key<Integer> KEEP = Key.of(
            "checkpoint.keep", whole(1, MILLION), 2, "how many checkpoints remain", settings -> settings.checkpoint()
                    .keep());

    static final Key<Integer> WORKERS = Key.of(
            "training.workers",
            whole(1, 65536),
            1,
            "workers of a round, whatever the number of executors",
            settings -> settings.training().workers());
    static final Key<Integer> LOCAL_STEPS = Key.of(
            "training.local-steps",
            whole(1, MILLION),
            10,
            "steps of each worker in a round",
            settings -> settings.training().localSteps());
    static final Key<Integer> BATCH_SIZE = Key.of(
            "training.batch-size", whole(1, 65536), 16, "records of a worker's step", settings -> settings.training()
                    .batchSize());
    static final Key<Integer> STEPS = Key.optional(
            "training.steps",
            whole(1, BILLION),
            "when the run ends; this or training.epochs must be given, not both",
            settings -> settings.training().length() instanceof Steps length
                    ? Optional.of(length.steps())
                    : Optional.empty());
    static final Key<Double> EPOCHS = Key.optional(
            "training.epochs",
            number("above 0", value -> value > 0),
            "times through the data until the run ends",
            settings -> settings.training().length() instanceof Epochs length
                    ? Optional.of(length.epochs())
                    : Optional.empty());
    static final Key<Double> LEARNING_RATE = Key.of(
            "training.learning-rate",
            number("of at least 0", value -> value >= 0),
            2e-4,
            "the schedule's largest",
            settings -> settings.training().learningRate());
    static final Key<Schedule> SCHEDULE = Key.of(
            "training.schedule",
            choice(Schedule.class),
            Schedule.LINEAR,
            "how the learning rate goes on after the warm-up",
            settings -> settings.training().schedule());
    static final Key<Integer> WARMUP_STEPS = Key.of(
            "training.warmup-steps",
            whole(0, BILLION),
            0,
            "steps in which the learning rate rises from 0",
            settings -> settings.training().warmupSteps());
    static final Key<Double> WEIGHT_DECAY = Key.of(
            "training.weight-decay",
            number("of at least 0", value -> value >= 0),
            0.01,
            "AdamW's",
            settings -> settings.training().weightDecay());
    static final Key<Double> BETA1 = Key.of(
            "training.beta1",
            number("from 0 to below 1", value -> value >= 0 && value < 1),
            0.9,
            "AdamW's, of the first moment",
            settings -> settings.training().beta1());
    static final Key<Double> BETA2 = Key.of(
            "training.beta2",
            number("from 0 to below 1", value -> value >= 0 && value < 1),
            0.999,
            "AdamW's, of the second moment",
            settings -> settings.training().beta2());
    static final Key<Double> EPSILON = Key.of(
            "training.epsilon",
            number("above 0", value -> value > 0),
            1e-8,
            "AdamW's, added to the root that divides",
            settings -> settings.training().epsilon());
    static final Key<Double> GRADIENT_CLIPPING = Key.of(
            "training.gradient-clipping",
            number("of at least 0", value -> value >= 0),
            0.0,
            "the largest norm of a step's gradient; 0: no limit",
            settings -> settings.training().gradientClipping());
    static final Key<Long> SEED = Key.of(
            "training.seed",
            anyWhole(),
            42L,
            "of the start, the order of records, dropout and random directions",
            settings -> settings.training().seed());
    static final Key<Averaging> AVERAGING = Key.of(
            "training.averaging",
            choice(Averaging.class),
            Averaging.PARAMETERS,
            "what the workers of a round return",
            settings -> settings.training().averaging());
    static final Key<Integer> SLICE_TOKENS = Key.of(
            "training.slice-tokens",
            whole(1, MILLION),
            1024,
            "tokens that are computed at a time: more is faster and takes more memory",
            settings -> settings.training().sliceTokens());
    static final Key<Boolean> RECOMPUTE = Key.of(
            "training.recompute",
            flag(),
            false,
            "keep of each block only its result and compute the rest again in the backward pass: much less memory for"
                    + " long sequences, a third more work",
            settings -> settings.training().recompute());

    static final Key<List<String>> VALIDATION_DATA = Key.optional(
            "validation.data",
            texts("a path or a list of paths"),
            "files of held-out records in data.format, on which the loss is measured while the run trains",
            settings -> given(settings.validation().data()));
    static final Key<Integer> HOLD_OUT = Key.optional(
            "validation.hold-out",
            whole(1, MILLION),
            "so many records of data.train, chosen by training.seed, are held out in place of validation.data",
            settings -> Optional.of(settings.validation().holdOut()).filter(records -> records > 0));
    static final Key<Integer> VALIDATION_RECORDS = Key.optional(
            "validation.records",
            whole(0, BILLION),
            "the first so many of the held-out records; 0, or not given: all",
            settings -> ofValidation(settings, Settings.Validation::records));
    static final Key<Integer> VALIDATION_EVERY_ROUNDS = Key.optional(
            "validation.every-rounds",
            whole(1, BILLION),
            "rounds between two measurements, and there is one at the end; 10 if not given",
            settings -> ofValidation(settings, Settings.Validation::everyRounds));
    static final Key<Integer> PATIENCE = Key.optional(
            "validation.patience",
            whole(0, BILLION),
            "the run ends early after so many measurements in a row without a lower loss, those of pre-launch not"
                    + " counted, and leaves the adapter of the lowest loss; 0, or not given: it only measures",
            settings -> ofValidation(settings, Settings.Validation::patience));

    static final Key<List<String>> EVALUATION_DATA = Key.optional(
            "evaluation.data",
            texts("a path or a list of paths"),
            "for the command evaluate: files of questions, in JSON or JSON lines of instruction, input and answer",
            settings -> given(settings.evaluation().data()));
    static final Key<List<String>> EVALUATION_SETS = Key.optional(
            "evaluation.sets",
            names("a list of different sets"),
            "whose questions the files are: boolq, piqa, social_i_qa, hellaswag, winogrande, ARC-Easy, ARC-Challenge or"
                    + " openbookqa; if not given, the names of the files' directories",
            settings -> given(settings.evaluation().sets()));
    static final Key<Integer> EVALUATION_RECORDS = Key.of(
            "evaluation.records",
            whole(0, BILLION),
            0,
            "the first so many questions of each set; 0: all",
            settings -> settings.evaluation().records());
    static final Key<By> EVALUATION_BY = Key.of(
            "evaluation.by",
            choice(By.class),
            By.GENERATION,
            "generation: the first allowed answer in what the model writes. likelihood: the likeliest of the answers that"
                    + " the question allows",
            settings -> settings.evaluation().by());
    static final Key<Integer> EVALUATION_BATCH_SIZE = Key.of(
            "evaluation.batch-size",
            whole(1, 4096),
            8,
            "questions that are computed together: more is faster and takes more memory",
            settings -> settings.evaluation().batchSize());
    static final Key<Integer> EVALUATION_PART_SIZE = Key.of(
            "evaluation.part-size",
            whole(1, MILLION),
            32,
            "questions that a task answers and keeps; what is kept is never asked again",
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
            number("above 0", value -> value > 0),
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
    static final Key<Long> EVALUATION_SEED =
            Key.of("evaluation.seed", anyWhole(), 42L, "of what is drawn", settings -> settings.evaluation()
                    .seed());

    /** In the order in which they are read, reported and written. */
    public static final List<Key<?>> ALL = List.of(
            OUTPUT,
            CLAIM_SECONDS,
            MODEL,
            STORAGE,
            TRAIN,
            FORMAT,
            CUTOFF,
            TRAIN_ON_INPUTS,
            SHUFFLE,
            PACKING,
            METHOD,
            RANK,
            ALPHA,
            DROPOUT,
            TARGETS,
            START_FROM,
            DASH_ON,
            DIRECTIONS,
            CHOOSE,
            PRE_LAUNCH_STEPS,
            AUTO_CHECK_EVERY,
            AUTO_OVERLAP,
            AUTO_LEAST_STEPS,
            AUTO_MOST_STEPS,
            COORDINATE_LEARNING_RATE,
            TRACK_EVERY,
            DASH_EPSILON,
            CACHE,
            EVERY_ROUNDS,
            KEEP,
            WORKERS,
            LOCAL_STEPS,
            BATCH_SIZE,
            STEPS,
            EPOCHS,
            LEARNING_RATE,
            SCHEDULE,
            WARMUP_STEPS,
            WEIGHT_DECAY,
            BETA1,
            BETA2,
            EPSILON,
            GRADIENT_CLIPPING,
            SEED,
            AVERAGING,
            SLICE_TOKENS,
            RECOMPUTE,
            VALIDATION_DATA,
            HOLD_OUT,
            VALIDATION_RECORDS,
            VALIDATION_EVERY_ROUNDS,
            PATIENCE,
            EVALUATION_DATA,
            EVALUATION_SETS,
            EVALUATION_RECORDS,
            EVALUATION_BY,
            EVALUATION_BATCH_SIZE,
            EVALUATION_PART_SIZE,
            MAX_TOKENS,
            BEAMS,
            SAMPLING,
            TEMPERATURE,
            TOP_K,
            TOP_P,
            EVALUATION_SEED);

    private Keys() {}

    private static Optional<Integer> ofValidation(Settings settings, Function<Settings.Validation, Integer> value) {
        return Optional.of(settings.validation())
                .filter(Settings.Validation::on)
                .map(value);
    }

    private static Optional<List<String>> given(List<String> texts) {
        return Optional.of(texts).filter(list -> !list.isEmpty());
    }
}
