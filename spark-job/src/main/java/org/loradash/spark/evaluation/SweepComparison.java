package org.loradash.spark.evaluation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.adapter.Adapter;
import org.loradash.config.Figure;
import org.loradash.config.Settings;
import org.loradash.config.Sweep;
import org.loradash.config.SweepReader;
import org.loradash.evaluate.Comparison;
import org.loradash.evaluate.Comparison.Variant;
import org.loradash.evaluate.EvaluationDirectory;
import org.loradash.evaluate.Predicted;
import org.loradash.evaluate.Questions;
import org.loradash.evaluate.Scores;
import org.loradash.model.Architectures;
import org.loradash.model.Shape;
import org.loradash.run.RunDirectory;
import org.loradash.spark.evaluation.EvaluationRequest.Subject;
import org.loradash.spark.training.TrainingPlan;
import org.loradash.task.Task;
import org.loradash.task.TaskKinds;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.WholeFile;
import org.loradash.tsd.report.HtmlReport;
import org.loradash.tsd.report.Paragraph;

/**
 * What the evaluations of a sweep's runs have come to so far, side by side: comparison.txt, comparison.html and
 * comparison.json in the sweep's directory.
 */
final class SweepComparison {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final String HOW =
            "Means over runs, with the standard deviation between them; the average gives each set the same weight."
                    + " Differences are of runs of the same seed at the same questions or records. The first interval"
                    + " (Student's t) says how far other seeds would move the difference, the second (normal) how far other"
                    + " questions or records would.";

    private final Sweep sweep;
    private final Configuration hadoop;
    private final List<Figure> figures;
    private final List<Questions> questions;
    private final List<String> titles;

    /** @throws org.loradash.tsd.InvalidInput for what is wrong with the questions or files of records */
    SweepComparison(Sweep sweep, Configuration hadoop) {
        this.sweep = sweep;
        this.hadoop = hadoop;
        Settings settings = sweep.members().get(0).settings();
        Task<?, ?> task = TaskKinds.of(settings).task(settings, model(settings), hadoop);
        if (task.figures().isEmpty()) {
            this.figures = List.of(Figure.ACCURACY, Figure.LOSS);
            this.questions = Questions.read(settings.evaluation(), hadoop);
            this.titles = List.of();
        } else {
            this.figures = Stream.concat(task.figures().stream(), Stream.of(Figure.LOSS))
                    .toList();
            this.questions = List.of();
            this.titles = List.copyOf(TextExamination.files(settings.evaluation(), settings.data(), hadoop)
                    .keySet());
        }
    }

    /** Whether a sweep's runs are evaluated. */
    static boolean isAskedFor(Sweep sweep) {
        return !sweep.members().get(0).settings().evaluation().data().isEmpty();
    }

    /** Whether there is one model that all runs begin with, and that answers before them. */
    boolean hasBase() {
        return asksQuestions()
                && sweep.members().stream()
                                .map(member -> member.settings().model())
                                .distinct()
                                .count()
                        == 1;
    }

    private boolean asksQuestions() {
        return !questions.isEmpty();
    }

    EvaluationRequest base() {
        return new EvaluationRequest(new Subject.Base(), Optional.empty(), Optional.of(basePath()));
    }

    /**
     * Writes the files, and returns the tables for a person; empty where no evaluation has come to its end.
     *
     * @param failed names of runs that have failed just now, which are left out
     */
    String write(Set<String> failed) {
        ObjectNode json = JSON.createObjectNode();
        StringBuilder text = new StringBuilder();
        HtmlReport page =
                new HtmlReport("Comparison: " + FileSystems.path(sweep.output()).getName());
        for (Figure figure : figures) {
            List<Variant> variants = variants(figure, failed);
            if (!variants.isEmpty()) {
                Comparison comparison =
                        new Comparison(figure, asksQuestions() ? "questions" : "records", variants, sweep.reference());
                comparison.write(json.putObject(figure.key()));
                text.append(text.length() == 0 ? "" : "\n")
                        .append(title(figure))
                        .append('\n')
                        .append(comparison.table().text());
                page.section(title(figure), comparison.table(), comparison.charts());
            }
        }
        if (text.length() > 0) {
            page.section("How to read it", new Paragraph(HOW));
            FileSystem files = FileSystems.of("run.output", sweep.output(), hadoop);
            files.setWriteChecksum(false);
            write(files, "comparison.txt", text.toString());
            write(files, "comparison.html", page.render());
            write(files, "comparison.json", json(json));
        }
        return text.toString();
    }

    private String title(Figure figure) {
        return switch (figure) {
            case ACCURACY -> "Accuracy, per cent";
            case F1 -> "F1, per cent";
            case MACRO_F1 -> "Mean F1 of all classes, per cent";
            case MATTHEWS -> "Matthews' correlation, per cent";
            case PEARSON -> "Pearson's correlation, per cent";
            case SPEARMAN -> "Spearman's correlation, per cent";
            case LOSS -> asksQuestions() ? "Loss of the right answer among the options, nats" : "Loss";
        };
    }

    private List<Variant> variants(Figure figure, Set<String> failed) {
        List<Variant> variants = new ArrayList<>();
        for (String name : sweep.variants()) {
            SortedMap<Long, Scores> bySeed = new TreeMap<>();
            List<Sweep.Member> members = sweep.members().stream()
                    .filter(member -> member.variant().equals(name))
                    .toList();
            for (Sweep.Member member : members) {
                evaluation(member)
                        .filter(path -> !failed.contains(member.name()))
                        .flatMap(path -> scores(path, figure))
                        .ifPresent(scores ->
                                bySeed.put(member.settings().training().seed(), scores));
            }
            if (!bySeed.isEmpty()) {
                variants.add(new Variant(name, parameters(members.get(0).settings()), bySeed));
            }
        }
        if (hasBase() && !failed.contains(SweepReader.BASE)) {
            scores(basePath(), figure).ifPresent(scores -> {
                SortedMap<Long, Scores> everySeed = new TreeMap<>();
                sweep.members()
                        .forEach(member ->
                                everySeed.put(member.settings().training().seed(), scores));
                variants.add(0, new Variant(SweepReader.BASE, 0, everySeed));
            });
        }
        return variants;
    }

    private Optional<Scores> scores(String path, Figure figure) {
        EvaluationDirectory directory = EvaluationDirectory.at(hadoop, path);
        if (!directory.isFinished()) {
            return Optional.empty();
        }
        return asksQuestions()
                ? Scores.read(directory, questions, figure)
                : Optional.of(Scores.of(Predicted.read(directory, titles), figure));
    }

    private String basePath() {
        return new Path(FileSystems.path(sweep.output()), SweepReader.BASE).toString();
    }

    private Optional<String> evaluation(Sweep.Member member) {
        String output = member.settings().run().output();
        return RunDirectory.isRun(hadoop, output)
                ? Optional.of(RunDirectory.of(hadoop, output).evaluation().toString())
                : Optional.empty();
    }

    /** With the coordinates that the sprint adds. */
    private long parameters(Settings settings) {
        Adapter adapter = TrainingPlan.adapter(settings, model(settings));
        int coordinates = settings.dash().on() ? settings.dash().directions() : 0;
        return adapter.parameters() + (long) coordinates * adapter.targets().size();
    }

    private Shape model(Settings settings) {
        return TaskKinds.model(
                settings, Architectures.shape(hadoop, settings.model().path()));
    }

    private void write(FileSystem files, String name, String text) {
        WholeFile.write(files, new Path(FileSystems.path(sweep.output()), name), text);
    }

    private static String json(ObjectNode json) {
        try {
            return JSON.writeValueAsString(json) + "\n";
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
