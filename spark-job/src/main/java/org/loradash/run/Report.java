package org.loradash.run;

import java.util.ArrayList;
import java.util.List;
import org.loradash.config.Settings;
import org.loradash.config.SettingsText;
import org.loradash.tsd.report.HtmlReport;
import org.loradash.tsd.report.RunReport;

/** From a run's events to its page. */
final class Report {
    private Report() {}

    static HtmlReport of(String name, Settings settings, List<Event> events, List<RunReport.Target> targets) {
        List<RunReport.Step> steps = new ArrayList<>();
        List<RunReport.Round> rounds = new ArrayList<>();
        for (Event event : events) {
            if (event instanceof Event.Step step) {
                steps.add(new RunReport.Step(step.step(), step.worker(), step.loss(), step.learningRate()));
            } else if (event instanceof Event.Round round) {
                rounds.add(new RunReport.Round(round.round(), round.loss(), round.tokensPerSecond(), round.seconds()));
            }
        }
        return new RunReport("LoRA-Dash: " + name, SettingsText.table(settings), steps, rounds, targets).page();
    }
}
