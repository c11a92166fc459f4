package org.loradash.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.loradash.config.Figure;
import org.loradash.config.Settings;
import org.loradash.config.SettingsText;
import org.loradash.config.ValidationSettings;
import org.loradash.figure.Judged;
import org.loradash.figure.Judgements;
import org.loradash.task.TaskKinds;
import org.loradash.tsd.Counted;
import org.loradash.tsd.report.HtmlReport;
import org.loradash.tsd.report.Pictures;
import org.loradash.tsd.report.RunReport;

/** From a run's events to its page. */
final class Report {
    private Report() {}

    static HtmlReport of(
            String name,
            Settings settings,
            List<Event> events,
            List<Judged> predictions,
            List<RunReport.Target> targets) {
        List<RunReport.Step> steps = new ArrayList<>();
        List<RunReport.Round> rounds = new ArrayList<>();
        List<RunReport.Measurement> measurements = new ArrayList<>();
        List<Pictures> samples = new ArrayList<>();
        for (Event event : events) {
            if (event instanceof Event.Step step) {
                steps.add(new RunReport.Step(step.step(), step.worker(), step.loss(), step.learningRate()));
            } else if (event instanceof Event.Round round) {
                rounds.add(new RunReport.Round(round.round(), round.loss(), round.sizePerSecond(), round.seconds()));
            } else if (event instanceof Event.Evaluation measured) {
                measurements.add(new RunReport.Measurement(measured.step(), measured.loss(), measured.figures()));
            } else if (event instanceof Event.Samples made) {
                samples.add(new Pictures("After step " + made.step(), made.files()));
            }
        }
        return new RunReport(
                        "LoRA-Dash: " + name,
                        TaskKinds.of(settings).units().size(),
                        SettingsText.table(settings),
                        steps,
                        rounds,
                        measurements,
                        outcome(settings.validation(), events),
                        predictions.isEmpty() ? List.of() : Judgements.of(predictions),
                        samples,
                        targets)
                .page();
    }

    /** Where the training ended, and of which step the result is; nothing where nothing was measured on the way. */
    private static Optional<String> outcome(ValidationSettings validation, List<Event> events) {
        List<Event.Evaluation> all = events.stream()
                .filter(Event.Evaluation.class::isInstance)
                .map(Event.Evaluation.class::cast)
                .toList();
        if (all.isEmpty()) {
            return Optional.empty();
        }
        Event.Evaluation last = all.get(all.size() - 1);
        Event.Evaluation best = all.stream()
                .filter(Event.Evaluation::best)
                .reduce((earlier, later) -> later)
                .orElse(last);
        boolean early = validation.keepsBest() && last.withoutImprovement() >= validation.patience();
        Figure figure = validation.figure();
        boolean byLoss = figure == Figure.LOSS;
        return Optional.of(String.format(
                Locale.ROOT,
                "The %s of the %d held-out records, %.4f, was measured after step %d. The training ended after step"
                        + " %d%s; the result is that of step %d.",
                byLoss ? "lowest loss" : "highest " + figure.key(),
                best.records(),
                byLoss ? best.loss() : best.figures().getOrDefault(figure.key(), Double.NaN),
                best.step(),
                last.step(),
                early
                        ? ", after %s without a %s one"
                                .formatted(
                                        Counted.of(last.withoutImprovement(), "measurement"),
                                        byLoss ? "lower" : "higher")
                        : "",
                validation.keepsBest() ? best.step() : last.step()));
    }
}
