package org.loradash.tsd.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.loradash.tsd.TargetName;
import org.loradash.tsd.report.TsdReport.Predicted;

/** Recall and accuracy by step, by layer and by kind of target. */
final class PredictionBlocks {
    private PredictionBlocks() {}

    static Block[] of(String cutoffs, List<Predicted> predictions) {
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Paragraph(cutoffs));
        Map<String, List<Predicted>> byTask = Means.groups(predictions, Predicted::task);
        if (predictions.stream().mapToLong(Predicted::step).distinct().count() > 1) {
            blocks.add(bySteps(byTask));
        }
        if (byTask.size() == 1) {
            blocks.addAll(ofTask(predictions));
        } else {
            Map<String, Block> tasks = new LinkedHashMap<>();
            byTask.forEach((task, own) -> tasks.put(task, new Group(ofTask(own))));
            blocks.add(new Chooser("Task", tasks));
        }
        return blocks.toArray(Block[]::new);
    }

    private static Block bySteps(Map<String, List<Predicted>> byTask) {
        return new SideBySide(List.of(
                bySteps("Recall by step, mean of all targets", "recall", byTask, Predicted::recall),
                bySteps("Accuracy by step, mean of all targets", "accuracy", byTask, Predicted::accuracy)));
    }

    private static LineChart bySteps(
            String caption, String what, Map<String, List<Predicted>> byTask, ToDoubleFunction<Predicted> figure) {
        List<Series> lines = new ArrayList<>();
        byTask.forEach((task, own) -> {
            List<Predicted> known = own.stream().filter(one -> one.step() >= 0).toList();
            if (!known.isEmpty()) {
                lines.add(Means.series(task, known, Predicted::step, figure));
            }
        });
        return new LineChart(caption, Axis.counting("step"), Axis.fraction(what), lines);
    }

    private static List<Block> ofTask(List<Predicted> predictions) {
        boolean manySteps =
                predictions.stream().mapToLong(Predicted::step).distinct().count() > 1;
        String over = manySteps ? ", mean of all steps" : "";
        return List.of(
                new SideBySide(List.of(
                        byLayer("Recall by layer" + over, "recall", predictions, Predicted::recall),
                        byLayer("Accuracy by layer" + over, "accuracy", predictions, Predicted::accuracy))),
                new SideBySide(List.of(
                        table("Kind", Means.groups(predictions, one -> new TargetName(one.target()).kind())),
                        manySteps
                                ? table("Step", Means.groups(predictions, PredictionBlocks::step))
                                : new Group(List.of()))),
                table("Target", Means.groups(predictions, Predicted::target)));
    }

    private static ScatterChart byLayer(
            String caption, String what, List<Predicted> predictions, ToDoubleFunction<Predicted> figure) {
        List<Series> kinds = new ArrayList<>();
        Means.groups(predictions, one -> new TargetName(one.target()).kind())
                .forEach((kind, own) ->
                        kinds.add(Means.series(kind, own, one -> new TargetName(one.target()).layer(), figure)));
        return new ScatterChart(caption, Axis.counting("layer"), Axis.fraction(what), kinds);
    }

    private static String step(Predicted prediction) {
        return prediction.step() < 0 ? "end" : String.valueOf(prediction.step());
    }

    private static Table table(String what, Map<String, List<Predicted>> groups) {
        List<List<String>> rows = new ArrayList<>();
        groups.forEach((name, own) -> rows.add(List.of(
                name, Html.number(Means.of(own, Predicted::recall)), Html.number(Means.of(own, Predicted::accuracy)))));
        return new Table(List.of(what, "Recall", "Accuracy"), rows);
    }
}
