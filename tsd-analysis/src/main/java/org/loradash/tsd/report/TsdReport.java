package org.loradash.tsd.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the page of an analysis of task-specific directions shows. A part that is empty is left out.
 *
 * @param title the page's title
 * @param rates change rates, task by task
 * @param cutoffs how recall and accuracy are counted, in words
 * @param predictions recall and accuracy of every task, target and step
 * @param similarities of every two tasks and every target
 * @param amplifications of every run and target
 * @param settings name and value, in order
 */
public record TsdReport(
        String title,
        List<TaskRates> rates,
        String cutoffs,
        List<Predicted> predictions,
        List<Similar> similarities,
        List<Amplified> amplifications,
        Map<String, String> settings) {
    /** A task's change rates. */
    public record TaskRates(String task, List<RunReport.Target> targets) {}

    /**
     * One prediction.
     *
     * @param step optimiser steps before it; negative where that is not known
     */
    public record Predicted(String task, long step, String target, double recall, double accuracy) {}

    /** Two tasks' directions of one target compared: rows are ranks of the first, columns of the second. */
    public record Similar(String target, String first, String second, double[][] values) {}

    /** The chosen directions of one target of one run, best first, with their change rates then and at the end. */
    public record Amplified(String task, String target, int[] directions, float[] atBoundary, float[] atEnd) {}

    /** The page. */
    public HtmlReport page() {
        HtmlReport page = new HtmlReport(title);
        if (!rates.isEmpty()) {
            page.section("Change rates", rateBlocks());
        }
        if (!predictions.isEmpty()) {
            page.section("Recall and accuracy of predicted directions", PredictionBlocks.of(cutoffs, predictions));
        }
        if (!similarities.isEmpty()) {
            page.section("Directions of different tasks", SimilarityBlocks.of(similarities));
        }
        if (!amplifications.isEmpty()) {
            page.section("Amplification of the chosen directions", AmplificationBlocks.of(amplifications));
        }
        return page.section("Settings", Table.of(settings));
    }

    private Block[] rateBlocks() {
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Paragraph("How far each core direction of a weight moved, relative to its singular value. The"
                + " directions with the highest change rates are the task-specific ones; those listed are marked."));
        if (rates.size() == 1) {
            blocks.addAll(List.of(RateBlocks.of(rates.get(0).targets(), "listed")));
        } else {
            Map<String, Block> tasks = new LinkedHashMap<>();
            rates.forEach(task -> tasks.put(task.task(), new Group(List.of(RateBlocks.of(task.targets(), "listed")))));
            blocks.add(new Chooser("Task", tasks));
        }
        return blocks.toArray(Block[]::new);
    }
}
