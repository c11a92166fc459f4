package org.loradash.spark.training;

import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.loradash.config.ValidationSettings;
import org.loradash.run.Event;
import org.loradash.run.Metrics;
import org.loradash.run.Progress;
import org.loradash.spark.dl4j.Rounds;
import org.loradash.spark.rounds.BatchLoss;
import org.loradash.spark.rounds.RoundOutcome;
import org.loradash.spark.rounds.Stage;
import org.loradash.spark.rounds.TrainingFailure;
import org.loradash.spark.source.HeldOutRecords;
import org.loradash.train.BestState;
import org.loradash.train.TrainingState;

/**
 * Measures the loss of held-out records after the rounds after which it is due, and knows which state was best and whether
 * to go on.
 */
final class Validation {
    private static final float[] NOT_KEPT = {};

    private final JavaSparkContext spark;
    private final ValidationSettings settings;
    private final HeldOutRecords heldOut;
    private final int steps;
    private final Progress progress;

    private BestState best;

    /**
     * @param steps of the whole run, after which there is a measurement too
     * @param best as it was when the run was interrupted
     */
    Validation(
            JavaSparkContext spark,
            ValidationSettings settings,
            HeldOutRecords heldOut,
            int steps,
            Progress progress,
            BestState best) {
        this.spark = spark;
        this.settings = settings;
        this.heldOut = heldOut;
        this.steps = steps;
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
        spark.setJobDescription("%s: loss of held-out records after round %d".formatted(stage.name(), round));
        List<BatchLoss> losses = rounds.losses(stage, state, heldOut.location(), heldOut.batches());
        double sum = 0;
        long weight = 0;
        for (BatchLoss batch : losses) {
            sum += batch.sum();
            weight += batch.weight();
        }
        double loss = sum / weight;
        if (!Double.isFinite(loss)) {
            throw TrainingFailure.ofValidation(stage.name(), outcome.plan(), loss);
        }
        best = best.after(state.step(), loss, settings.keepsBest() ? state.parameters() : NOT_KEPT);
        best = mayEnd ? best : best.withPatience();
        double seconds = (System.nanoTime() - begin) * 1e-9;
        boolean isBest = best.step() == state.step();
        metrics.add(new Event.Evaluation(
                round, state.step(), loss, heldOut.records(), weight, seconds, isBest, best.withoutImprovement()));
        progress.say("validation loss %.4f of %d held-out records in %.1f s, %s"
                .formatted(
                        loss,
                        heldOut.records(),
                        seconds,
                        isBest
                                ? "the lowest so far"
                                : "%.4f after step %d was lower".formatted(best.loss(), best.step())));
        if (endsTraining()) {
            progress.say(
                    "validation %d measurements in a row were no lower: the training ends after step %d, and the result is that of step %d"
                            .formatted(best.withoutImprovement(), state.step(), best.step()));
        }
    }
}
