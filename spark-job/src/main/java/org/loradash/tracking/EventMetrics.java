package org.loradash.tracking;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.loradash.run.Event;
import org.loradash.tsd.report.RunReport;

/** The figures that a run's events hold, one event after another: a step's are known when its round is over. */
final class EventMetrics {
    private final String size;
    private final Supplier<List<RunReport.Target>> boundary;
    private final List<Event.Step> steps = new ArrayList<>();

    /**
     * @param size what a task counts, such as tokens
     * @param boundary what the run has written of its boundary
     */
    EventMetrics(String size, Supplier<List<RunReport.Target>> boundary) {
        this.size = size;
        this.boundary = boundary;
    }

    /** Figures that became known with an event. */
    List<Metric> of(Event event) {
        List<Metric> metrics = new ArrayList<>();
        if (event instanceof Event.Step step) {
            steps.add(step);
        } else if (event instanceof Event.Round round) {
            ofRound(round, metrics);
        } else if (event instanceof Event.Evaluation evaluation) {
            add(metrics, evaluation.step(), "validation/loss", evaluation.loss());
            evaluation.figures().forEach((name, value) -> add(metrics, evaluation.step(), "validation/" + name, value));
        } else if (event instanceof Event.Check check) {
            add(metrics, check.step(), "directions/overlap", check.overlap());
        } else if (event instanceof Event.Boundary found) {
            ofBoundary(found, metrics);
        }
        return metrics;
    }

    /** Of each step the mean loss over the weight of all workers. */
    private void ofRound(Event.Round round, List<Metric> metrics) {
        Map<Integer, List<Event.Step>> byStep = new TreeMap<>();
        steps.forEach(step ->
                byStep.computeIfAbsent(step.step(), index -> new ArrayList<>()).add(step));
        steps.clear();
        int taken = 0;
        for (Map.Entry<Integer, List<Event.Step>> entry : byStep.entrySet()) {
            List<Event.Step> workers = entry.getValue();
            taken = entry.getKey() + 1;
            double weight = workers.stream().mapToDouble(Event.Step::weight).sum();
            double loss = workers.stream()
                    .mapToDouble(worker -> worker.loss() * worker.weight())
                    .sum();
            add(metrics, taken, "loss", loss / weight);
            add(metrics, taken, "learning_rate", workers.get(0).learningRate());
        }
        add(metrics, taken, size + "_per_second", round.sizePerSecond());
        add(metrics, taken, "round_seconds", round.seconds());
    }

    /** Change rates are those of the directions that were chosen, of all targets. */
    private void ofBoundary(Event.Boundary found, List<Metric> metrics) {
        double[] rates = boundary.get().stream()
                .flatMapToDouble(target -> Arrays.stream(target.directions()).mapToDouble(i -> target.changeRate()[i]))
                .toArray();
        int step = found.step();
        Arrays.stream(rates).average().ifPresent(mean -> add(metrics, step, "boundary/mean_change_rate", mean));
        Arrays.stream(rates).max().ifPresent(most -> add(metrics, step, "boundary/largest_change_rate", most));
        add(metrics, step, "boundary/product_of_means_difference", found.productOfMeansDifference());
        add(metrics, step, "boundary/directions_that_differ", found.directionsThatDiffer());
    }

    private static void add(List<Metric> metrics, int step, String key, double value) {
        metrics.add(new Metric(key, value, System.currentTimeMillis(), step));
    }
}
