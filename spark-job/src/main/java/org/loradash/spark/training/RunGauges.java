package org.loradash.spark.training;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.function.ToDoubleFunction;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.MetricsSystem;
import org.apache.spark.metrics.source.Source;
import org.loradash.spark.rounds.RoundOutcome;
import scala.collection.JavaConverters;

/**
 * The last round as gauges of Spark's metrics system, for whatever sinks it is set up with, such as Prometheus or Graphite: {@code
 * loss}, {@code tokens-per-second} (or what else the task counts), {@code seconds}, {@code round}, {@code step} and {@code sprint},
 * which is 1 behind the boundary. They are no numbers before the first round.
 */
final class RunGauges implements Source {
    private static final String NAME = "lora-dash";
    private static final double NOTHING_YET = Double.NaN;

    private final MetricRegistry registry = new MetricRegistry();
    private volatile Round last;

    /** What is shown of a round; the trained parameters in its outcome are let go. */
    private record Round(double loss, double perSecond, double seconds, int round, int step, boolean sprint) {}

    private RunGauges(String size) {
        gauge("loss", Round::loss);
        gauge(size + "-per-second", Round::perSecond);
        gauge("seconds", Round::seconds);
        gauge("round", Round::round);
        gauge("step", Round::step);
        gauge("sprint", round -> round.sprint() ? 1 : 0);
    }

    /**
     * Gauges of the application that runs in this process; they are there until it ends, or has another run.
     *
     * @param size what a task counts, such as tokens
     */
    static RunGauges register(String size) {
        RunGauges gauges = new RunGauges(size);
        MetricsSystem metrics = SparkEnv.get().metricsSystem();
        JavaConverters.seqAsJavaList(metrics.getSourcesByName(NAME)).forEach(metrics::removeSource);
        metrics.registerSource(gauges);
        return gauges;
    }

    private void gauge(String name, ToDoubleFunction<Round> of) {
        Gauge<Double> gauge = () -> last == null ? NOTHING_YET : of.applyAsDouble(last);
        registry.register(name, gauge);
    }

    void show(RoundOutcome outcome) {
        last = new Round(
                outcome.loss(),
                outcome.size() / outcome.seconds(),
                outcome.seconds(),
                outcome.plan().round(),
                outcome.state().step(),
                outcome.stage().equals("sprint"));
    }

    @Override
    public String sourceName() {
        return NAME;
    }

    @Override
    public MetricRegistry metricRegistry() {
        return registry;
    }
}
