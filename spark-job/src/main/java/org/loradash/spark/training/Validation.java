package org.loradash.spark.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.loradash.config.Figure;
import org.loradash.config.ValidationSettings;
import org.loradash.figure.Estimate;
import org.loradash.figure.Judged;
import org.loradash.figure.Prediction;
import org.loradash.run.Event;
import org.loradash.run.Metrics;
import org.loradash.run.Progress;
import org.loradash.run.RunDirectory;
import org.loradash.spark.dl4j.Rounds;
import org.loradash.spark.rounds.BatchMeasurement;
import org.loradash.spark.rounds.RoundOutcome;
import org.loradash.spark.rounds.Stage;
import org.loradash.spark.rounds.TrainingFailure;
import org.loradash.spark.source.HeldOutRecords;
import org.loradash.spark.source.StoredRecords;
import org.loradash.task.Task;
import org.loradash.train.BestState;
import org.loradash.train.TrainingState;
import org.loradash.tsd.Counted;

/**
 * Measures held-out records after the rounds after which it is due, and knows which state was best and whether to go on.
 */
final class Validation {
    private static final float[] NOT_KEPT = {};

    private final JavaSparkContext spark;
    private final ValidationSettings settings;
    private final List<Figure> figures;
    private final List<String> classes;
    private final HeldOutRecords heldOut;
    private final List<String> texts;
    private final int steps;
    private final RunDirectory directory;
    private final Progress progress;

    private BestState best;

    /**
     * @param task whose predictions are measured, if it has some
     * @param steps of the whole run, after which there is a measurement too
     * @param best as it was when the run was interrupted
     */
    Validation(
            JavaSparkContext spark,
            ValidationSettings settings,
            Task<?, ?> task,
            HeldOutRecords heldOut,
            int steps,
            RunDirectory directory,
            Progress progress,
            BestState best) {
        this.spark = spark;
        this.settings = settings;
        this.figures = task.figures();
        this.classes = task.classNames();
        this.heldOut = heldOut;
        this.texts = settings.on() ? heldOut.texts(task, spark.hadoopConfiguration()) : List.of();
        this.steps = steps;
        this.directory = directory;
        this.progress = progress;
        this.best = best;
    }

    /** What was best so far. */
    BestState best() {
        return best;
    }

    /** Whether the training is to end, however many steps are left. */
    boolean endsTraining() {
        return best.exhausts(settings.patience());
    }

    /** The parameters that the run leaves, after its last round. */
    float[] kept(TrainingState last) {
        return settings.keepsBest() && best.isPresent() ? best.parameters() : last.parameters();
    }

    /**
     * Measures after a round if that is due.
     *
     * @param stage of the round
     * @param mayEnd whether the training may end early in that stage
     */
    <B> void after(RoundOutcome outcome, Stage<B> stage, boolean mayEnd, Rounds<B> rounds, Metrics metrics) {
        TrainingState state = outcome.state();
        boolean due = state.round() % settings.everyRounds() == 0 || state.step() == steps;
        if (!settings.on() || !due) {
            return;
        }
        long begin = System.nanoTime();
        int round = outcome.plan().round();
        spark.setJobDescription("%s: held-out records after round %d".formatted(stage.name(), round));
        List<BatchMeasurement> batches =
                rounds.measurements(stage, state, heldOut.store().location(), heldOut.batches());
        double sum = 0;
        long weight = 0;
        for (BatchMeasurement batch : batches) {
            sum += batch.loss();
            weight += batch.weight();
        }
        double loss = sum / weight;
        if (!Double.isFinite(loss)) {
            throw TrainingFailure.ofValidation(stage.name(), outcome.plan(), loss);
        }
        List<Prediction> predictions =
                batches.stream().flatMap(batch -> batch.predictions().stream()).toList();
        Map<String, Double> measured = new LinkedHashMap<>();
        figures.forEach(figure -> measured.put(figure.key(), Estimate.value(figure, predictions)));
        boolean byLoss = settings.figure() == Figure.LOSS;
        double cost = byLoss ? loss : -measured.get(settings.figure().key());
        best = best.after(state.step(), cost, settings.keepsBest() ? state.parameters() : NOT_KEPT);
        best = mayEnd ? best : best.withPatience();
        boolean isBest = best.step() == state.step();
        if (!predictions.isEmpty() && (isBest || !settings.keepsBest())) {
            directory.writePredictions(judged(predictions));
        }
        double seconds = (System.nanoTime() - begin) * 1e-9;
        metrics.add(new Event.Evaluation(
                round,
                state.step(),
                loss,
                measured,
                heldOut.records(),
                weight,
                seconds,
                isBest,
                best.withoutImprovement()));
        progress.say("validation loss %.4f%s of %s in %.1f s, %s"
                .formatted(
                        loss,
                        text(measured),
                        Counted.of(heldOut.records(), "held-out record"),
                        seconds,
                        standing(isBest)));
        if (endsTraining()) {
            progress.say("validation %s no %s: the training ends after step %d, and the result is that of step %d"
                    .formatted(
                            best.withoutImprovement() == 1
                                    ? "the last measurement was"
                                    : "%d measurements in a row were".formatted(best.withoutImprovement()),
                            byLoss ? "lower" : "higher",
                            state.step(),
                            best.step()));
        }
    }

    private static String text(Map<String, Double> figures) {
        StringBuilder text = new StringBuilder();
        figures.forEach((name, value) -> text.append(String.format(Locale.ROOT, ", %s %.4f", name, value)));
        return text.toString();
    }

    private String standing(boolean isBest) {
        if (settings.figure() == Figure.LOSS) {
            return isBest ? "the lowest so far" : "%.4f after step %d was lower".formatted(best.cost(), best.step());
        }
        String figure = settings.figure().key();
        return isBest
                ? "the highest %s so far".formatted(figure)
                : "%s %.4f after step %d was not lower".formatted(figure, -best.cost(), best.step());
    }

    /** Predictions in the order of the records, as the batches are. */
    private List<Judged> judged(List<Prediction> predictions) {
        List<Judged> judged = new ArrayList<>(predictions.size());
        for (long[] batch : heldOut.batches()) {
            for (long record : batch) {
                StoredRecords.Place place = heldOut.store().place(record);
                int i = judged.size();
                judged.add(new Judged(
                        "held-out",
                        place.file(),
                        place.index(),
                        texts.isEmpty() ? Optional.empty() : Optional.of(texts.get(i)),
                        predictions.get(i),
                        classes));
            }
        }
        return judged;
    }
}
