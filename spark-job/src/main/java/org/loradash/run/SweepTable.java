package org.loradash.run;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.config.Figure;
import org.loradash.config.Sweep;
import org.loradash.task.TaskKinds;
import org.loradash.task.Units;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.Secrets;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.WholeFile;
import org.loradash.tsd.report.Axis;
import org.loradash.tsd.report.HtmlReport;
import org.loradash.tsd.report.LineChart;
import org.loradash.tsd.report.Series;
import org.loradash.tsd.report.Table;

/**
 * One table of a sweep's runs, from what they have left behind so far.
 *
 * @param rows cells by the name of their run, in the order of the sweep
 * @param unit in which the runs count their work
 * @param losses of the steps of each run that has some
 */
public record SweepTable(String title, String unit, Map<String, List<String>> rows, List<Series> losses) {
    private static final List<String> HEADER = List.of(
            "run",
            "settings",
            "state",
            "steps",
            "boundary",
            "first loss",
            "mean loss",
            "last quarter's",
            "validation",
            "%s/s",
            "minutes");

    /**
     * @param failures of runs that have failed just now, by name: one line each
     * @throws UncheckedIOException where a run's metrics cannot be read
     */
    public static SweepTable of(Sweep sweep, Map<String, String> failures, Configuration hadoop) {
        Map<String, List<String>> rows = new LinkedHashMap<>();
        List<Series> losses = new ArrayList<>();
        for (Sweep.Member member : sweep.members()) {
            String failure = failures.get(member.name());
            Units units = TaskKinds.of(member.settings()).units();
            Optional<RunDirectory> run = directory(member, hadoop);
            List<Event> events = run.map(directory -> events(directory, units)).orElse(List.of());
            boolean finished = run.map(RunDirectory::isFinished).orElse(false);
            rows.put(member.name(), row(member, events, finished ? "finished" : state(events, failure)));
            if (events.stream().anyMatch(Event.Step.class::isInstance)) {
                losses.add(losses(member.name(), events));
            }
        }
        String unit = sweep.members().stream()
                .map(member -> TaskKinds.of(member.settings()).units().size())
                .distinct()
                .collect(Collectors.joining(" or "));
        return new SweepTable("Sweep: " + FileSystems.path(sweep.output()).getName(), unit, rows, losses);
    }

    /** Writes table.txt and table.html into the sweep's directory. */
    public void write(Sweep sweep, Configuration hadoop) {
        FileSystem files = FileSystems.of("run.output", sweep.output(), hadoop);
        files.setWriteChecksum(false);
        Path directory = FileSystems.path(sweep.output());
        WholeFile.write(files, new Path(directory, "table.txt"), text());
        HtmlReport page = new HtmlReport(title)
                .section("Runs", runs())
                .section(
                        "Training",
                        new LineChart("Loss of each step", Axis.linear("step"), Axis.linear("loss"), losses));
        WholeFile.write(files, new Path(directory, "table.html"), page.render());
    }

    /** The table in columns of characters, a line for each run. */
    public String text() {
        return runs().text();
    }

    private Table runs() {
        List<String> header = HEADER.stream().map(name -> name.formatted(unit)).toList();
        return new Table(header, List.copyOf(rows.values()));
    }

    /** The run's directory; nothing where something else lies there, which its failure tells. */
    private static Optional<RunDirectory> directory(Sweep.Member member, Configuration hadoop) {
        try {
            return Optional.of(RunDirectory.of(hadoop, member.settings().run().output()));
        } catch (InvalidInput foreign) {
            return Optional.empty();
        }
    }

    private static String state(List<Event> events, String failure) {
        if (failure != null) {
            return "failed: " + failure;
        }
        return events.isEmpty() ? "not begun" : "unfinished";
    }

    private static List<String> row(Sweep.Member member, List<Event> events, String state) {
        List<Event.Round> rounds = all(events, Event.Round.class);
        List<Event.Step> steps = all(events, Event.Step.class);
        int done = steps.isEmpty() ? 0 : steps.get(steps.size() - 1).step() + 1;
        // A part of the run, because one round's loss is too much that of its records.
        List<Event.Round> last = rounds.subList(rounds.size() - (rounds.size() + 3) / 4, rounds.size());
        double seconds = rounds.stream().mapToDouble(Event.Round::seconds).sum();
        double size = rounds.stream().mapToDouble(Event.Round::size).sum();
        return List.of(
                member.name(),
                member.differences().entrySet().stream()
                        .map(entry -> entry.getKey() + " = " + Secrets.hidden(entry.getValue()))
                        .collect(Collectors.joining(", ")),
                state,
                String.valueOf(done),
                all(events, Event.Boundary.class).stream()
                        .map(boundary -> String.valueOf(boundary.step()))
                        .findFirst()
                        .orElse("-"),
                rounds.isEmpty() ? "-" : number("%.4f", firstLoss(steps)),
                rounds.isEmpty() ? "-" : number("%.4f", loss(rounds)),
                rounds.isEmpty() ? "-" : number("%.4f", loss(last)),
                best(events, member.settings().validation().figure()),
                rounds.isEmpty() ? "-" : number("%.0f", size / seconds),
                rounds.isEmpty() ? "-" : number("%.1f", seconds / 60));
    }

    private static String best(List<Event> events, Figure figure) {
        boolean byLoss = figure == Figure.LOSS;
        return all(events, Event.Evaluation.class).stream()
                .map(measured -> byLoss ? measured.loss() : measured.figures().getOrDefault(figure.key(), Double.NaN))
                .reduce(byLoss ? Math::min : Math::max)
                .map(best -> byLoss ? number("%.4f", best) : figure.key() + " " + number("%.4f", best))
                .orElse("-");
    }

    private static double loss(List<Event.Round> rounds) {
        return rounds.stream().mapToDouble(Event.Round::loss).average().orElseThrow();
    }

    /** Of all workers' first steps, by their weights. */
    private static double firstLoss(List<Event.Step> steps) {
        int first = steps.get(0).step();
        double sum = 0;
        double weights = 0;
        for (Event.Step step : steps) {
            if (step.step() == first) {
                sum += step.loss() * step.weight();
                weights += step.weight();
            }
        }
        return sum / weights;
    }

    private static Series losses(String name, List<Event> events) {
        Map<Integer, Double> means = all(events, Event.Step.class).stream()
                .collect(Collectors.groupingBy(
                        Event.Step::step, TreeMap::new, Collectors.averagingDouble(Event.Step::loss)));
        return new Series(
                name,
                means.keySet().stream().mapToDouble(Integer::doubleValue).toArray(),
                means.values().stream().mapToDouble(Double::doubleValue).toArray());
    }

    private static List<Event> events(RunDirectory run, Units units) {
        try {
            return Metrics.read(run.files(), run.metrics(), units);
        } catch (FileNotFoundException notBegun) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(run.metrics().toString(), e);
        }
    }

    private static <E extends Event> List<E> all(List<Event> events, Class<E> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
