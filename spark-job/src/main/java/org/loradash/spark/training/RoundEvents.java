package org.loradash.spark.training;

import java.util.ArrayList;
import java.util.List;
import org.loradash.run.Event;
import org.loradash.run.Metrics;
import org.loradash.run.Progress;
import org.loradash.spark.rounds.RoundOutcome;
import org.loradash.train.StepReport;
import org.loradash.train.WorkerReport;

/** What is told of a round: a line of metrics for each worker's step and one for the round, and a line of progress. */
final class RoundEvents {
    private RoundEvents() {}

    static void tell(RoundOutcome outcome, Metrics metrics, Progress progress) {
        int round = outcome.plan().round();
        List<Event> events = new ArrayList<>();
        for (WorkerReport worker : outcome.workers()) {
            for (StepReport step : worker.steps()) {
                events.add(new Event.Step(
                        round,
                        worker.worker(),
                        step.step(),
                        step.loss(),
                        step.size(),
                        step.computed(),
                        step.weight(),
                        step.learningRate()));
            }
        }
        double sizePerSecond = outcome.size() / outcome.seconds();
        events.add(new Event.Round(
                round,
                outcome.stage(),
                outcome.loss(),
                outcome.size(),
                outcome.computed(),
                outcome.seconds(),
                sizePerSecond,
                outcome.averagingSeconds()));
        metrics.addAll(events);
        progress.round(
                outcome.stage(),
                outcome.state().step(),
                outcome.plan().localSteps(),
                outcome.loss(),
                sizePerSecond,
                outcome.seconds());
    }
}
