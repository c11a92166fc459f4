package org.loradash.tsd.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.direction.CoreChange;
import org.loradash.tsd.direction.TaskSpecificDirections;
import org.loradash.tsd.prediction.Cutoffs;
import org.loradash.tsd.prediction.Prediction;
import org.loradash.tsd.source.JobRun;
import org.loradash.tsd.source.Task;

/** Recall and accuracy of what tasks predict, against the reference. */
public final class Predictions {
    private Predictions() {}

    /** When a prediction was made. */
    public enum Stage {
        TRACKED,
        BOUNDARY,
        END
    }

    /**
     * One prediction.
     *
     * @param task which predicts
     * @param stage of its training
     * @param step how many optimiser steps came before it, where that is known
     * @param target in which weight
     */
    public record At(String task, Stage stage, OptionalLong step, TargetFindings target, Prediction prediction) {}

    /** By step, and at one step in the order of the targets. */
    static List<At> of(Task task, List<TargetFindings> targets, Cutoffs cutoffs) {
        List<At> predictions = new ArrayList<>();
        task.run().ifPresent(run -> {
            tracked(task.name(), run, targets, cutoffs, predictions);
            boundary(task.name(), run, targets, cutoffs, predictions);
        });
        OptionalLong end = task.run().map(JobRun::result).orElse(OptionalLong.empty());
        for (TargetFindings target : targets) {
            target.change(task.name())
                    .ifPresent(change -> add(
                            task.name(),
                            Stage.END,
                            end,
                            target,
                            change.directions(cutoffs.predicted()),
                            cutoffs,
                            predictions));
        }
        predictions.sort(Comparator.comparingLong(at -> at.step().orElse(Long.MAX_VALUE)));
        return predictions;
    }

    private static void tracked(
            String task, JobRun run, List<TargetFindings> targets, Cutoffs cutoffs, List<At> predictions) {
        long last = run.end().orElse(Long.MAX_VALUE);
        long result = run.result().orElse(last);
        for (Map.Entry<Long, Path> entry : run.tracked().entrySet()) {
            // What was tracked at the step of the result is the result's, which is looked at by itself.
            if (entry.getKey() > last || entry.getKey() == result) {
                continue;
            }
            Map<String, int[]> directions = run.trackedDirections(entry.getValue());
            for (TargetFindings target : targets) {
                int[] own = directions.get(target.target().name().text());
                if (own != null) {
                    checkTracked(entry.getValue(), target, own, cutoffs);
                    add(task, Stage.TRACKED, OptionalLong.of(entry.getKey()), target, own, cutoffs, predictions);
                }
            }
        }
    }

    private static void checkTracked(Path file, TargetFindings target, int[] own, Cutoffs cutoffs) {
        int needed = Math.min(cutoffs.predicted(), target.target().size());
        boolean within = Arrays.stream(own).allMatch(i -> i < target.target().size());
        if (own.length < needed || !within) {
            throw InvalidInput.of(
                    file + ": " + target.target().name() + ".directions",
                    own.length + " directions",
                    "must be at least " + needed + ", each below "
                            + target.target().size());
        }
    }

    private static void boundary(
            String task, JobRun run, List<TargetFindings> targets, Cutoffs cutoffs, List<At> predictions) {
        Map<String, JobRun.AtBoundary> atBoundary = run.atBoundary();
        for (TargetFindings target : targets) {
            JobRun.AtBoundary own = atBoundary.get(target.target().name().text());
            if (own != null) {
                checkBoundary(target, own);
                int[] directions = TaskSpecificDirections.choose(own.changeRates(), cutoffs.predicted());
                add(task, Stage.BOUNDARY, run.boundary(), target, directions, cutoffs, predictions);
            }
        }
    }

    /** Refuses what was noted of a weight of another shape, or is no change rate. */
    static void checkBoundary(TargetFindings target, JobRun.AtBoundary own) {
        boolean numbers = true;
        for (float rate : own.changeRates()) {
            numbers &= rate >= 0;
        }
        if (own.changeRates().length != target.target().size() || !numbers) {
            throw InvalidInput.of(
                    "tsd/boundary.safetensors: " + target.target().name() + ".change_rate",
                    own.changeRates().length + " numbers",
                    "must be " + target.target().size() + " that are not negative");
        }
    }

    private static void add(
            String task,
            Stage stage,
            OptionalLong step,
            TargetFindings target,
            int[] predicted,
            Cutoffs cutoffs,
            List<At> predictions) {
        if (target.truth().isPresent()) {
            CoreChange truth = target.truth().get();
            int[] best = truth.directions(Math.max(cutoffs.recalled(), cutoffs.accepted()));
            predictions.add(new At(task, stage, step, target, Prediction.of(predicted, best, cutoffs)));
        }
    }
}
