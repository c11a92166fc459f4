package org.loradash.tsd.analysis;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.direction.Amplification;
import org.loradash.tsd.direction.CoreChange;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.Message;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsWriter;
import org.loradash.tsd.io.WholeFile;
import org.loradash.tsd.similarity.Similarity;

/**
 * A directory of results: {@code results.jsonl}, an object for each finding; {@code rates/TASK.safetensors}, every
 * target's sigma, delta_sigma, change_rate and directions, laid out as a run's {@code tsd/boundary.safetensors};
 * {@code report.html}.
 */
public final class ResultFiles {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final FileSystem files;
    private final Path directory;

    private ResultFiles(FileSystem files, Path directory) {
        this.files = files;
        this.directory = directory;
    }

    /**
     * A directory for results, made where there is none.
     *
     * @param where the option that named it, for errors
     * @throws InvalidInput where there is something already, or nothing can be made
     */
    public static ResultFiles in(String where, String path, Configuration hadoop) {
        FileSystem files = FileSystems.of(where, path, hadoop);
        Path directory = FileSystems.path(path);
        try {
            files.setWriteChecksum(false);
            if (files.exists(directory)
                    && (files.getFileStatus(directory).isFile() || files.listStatus(directory).length > 0)) {
                throw InvalidInput.of(where, path, "must be new or empty: nothing is overwritten");
            }
            if (!files.mkdirs(directory)) {
                throw InvalidInput.of(where, path, "must be where a directory can be made");
            }
            return new ResultFiles(files, files.makeQualified(directory));
        } catch (ParentNotDirectoryException | FileAlreadyExistsException e) {
            throw InvalidInput.of(where, path, "must be where a directory can be made");
        } catch (IOException e) {
            throw Message.of(directory, e);
        }
    }

    /** Where it is. */
    public Path directory() {
        return directory;
    }

    /** Writes all but the page. */
    public void write(Findings findings, int directions) {
        write("results.jsonl", out -> writeLines(out, findings, directions));
        for (String task : findings.tasks()) {
            write(file(task), out -> writeRates(out, findings.targets(), target -> target.change(task), directions));
        }
        findings.reference()
                .ifPresent(task -> write(
                        file(task), out -> writeRates(out, findings.targets(), TargetFindings::truth, directions)));
    }

    /** Writes the page, and returns where it is. */
    public Path writeReport(String html) {
        return write("report.html", out -> out.write(html.getBytes(StandardCharsets.UTF_8)));
    }

    private static void writeLines(OutputStream out, Findings findings, int directions) throws IOException {
        ObjectNode settings = line("settings");
        findings.settings().forEach(settings::put);
        write(out, settings);
        for (TargetFindings target : findings.targets()) {
            for (Map.Entry<String, CoreChange> change : target.changes().entrySet()) {
                write(out, rates(change.getKey(), target, change.getValue(), directions));
            }
            if (target.truth().isPresent()) {
                write(
                        out,
                        rates(
                                        findings.reference().orElseThrow(),
                                        target,
                                        target.truth().get(),
                                        directions)
                                .put("reference", true));
            }
        }
        for (Predictions.At at : findings.predictions()) {
            ObjectNode line = line("prediction", at.task(), at.target());
            line.put("stage", at.stage().name().toLowerCase(Locale.ROOT));
            at.step().ifPresent(step -> line.put("step", step));
            write(
                    out,
                    line.put("recall", at.prediction().recall())
                            .put("accuracy", at.prediction().accuracy()));
        }
        for (TargetFindings target : findings.targets()) {
            for (TargetFindings.Pair pair : target.similarities()) {
                write(out, similarity(target, pair));
            }
        }
        for (Amplifications.Of of : findings.amplifications()) {
            write(out, amplification(of));
        }
    }

    private static ObjectNode rates(String task, TargetFindings target, CoreChange change, int count) {
        int[] directions = change.directions(count);
        float[] sorted = change.changeRates().clone();
        Arrays.sort(sorted);
        ObjectNode line = line("rates", task, target);
        line.put("rows", target.target().rows()).put("columns", target.target().columns());
        line.put("residual", target.residual()).put("median_change_rate", sorted[sorted.length / 2]);
        ArrayNode indices = line.putArray("directions");
        ArrayNode rates = line.putArray("change_rate");
        ArrayNode sigma = line.putArray("sigma");
        for (int i : directions) {
            indices.add(i);
            rates.add(change.changeRates()[i]);
            sigma.add(change.sigma()[i]);
        }
        return line;
    }

    private static ObjectNode similarity(TargetFindings target, TargetFindings.Pair pair) {
        ObjectNode line = line("similarity", target);
        ArrayNode rows =
                line.put("first", pair.first()).put("second", pair.second()).putArray("similarity");
        Similarity similarity = pair.similarity();
        for (int i = 0; i < similarity.rows(); i++) {
            ArrayNode row = rows.addArray();
            for (int j = 0; j < similarity.columns(); j++) {
                row.add(similarity.at(i, j));
            }
        }
        return line;
    }

    private static ObjectNode amplification(Amplifications.Of of) {
        ObjectNode line = line("amplification", of.task(), of.target());
        Amplification amplification = of.amplification();
        ArrayNode directions = line.putArray("directions");
        ArrayNode boundary = line.putArray("at_boundary");
        ArrayNode end = line.putArray("at_end");
        for (int k = 0; k < amplification.directions().length; k++) {
            directions.add(amplification.directions()[k]);
            boundary.add(amplification.atBoundary()[k]);
            end.add(amplification.atEnd()[k]);
        }
        if (Double.isFinite(amplification.factor())) {
            line.put("factor", amplification.factor());
        }
        return line;
    }

    private static ObjectNode line(String result) {
        return JSON.createObjectNode().put("result", result);
    }

    private static ObjectNode line(String result, TargetFindings target) {
        return line(result)
                .put("target", target.target().name().text())
                .put("layer", target.target().name().layer())
                .put("kind", target.target().name().kind());
    }

    private static ObjectNode line(String result, String task, TargetFindings target) {
        return line(result, target).put("task", task);
    }

    private static void write(OutputStream out, ObjectNode line) throws IOException {
        out.write(JSON.writeValueAsBytes(line));
        out.write('\n');
    }

    private static void writeRates(
            OutputStream out,
            List<TargetFindings> targets,
            Function<TargetFindings, Optional<CoreChange>> changes,
            int count) {
        List<NamedTensor> tensors = new ArrayList<>();
        for (TargetFindings target : targets) {
            changes.apply(target).ifPresent(change -> {
                String name = target.target().name().text();
                int size = change.sigma().length;
                tensors.add(NamedTensor.of(name + ".sigma", change.sigma(), size));
                tensors.add(NamedTensor.of(name + ".delta_sigma", change.deltaSigma(), size));
                tensors.add(NamedTensor.of(name + ".change_rate", change.changeRates(), size));
                long[] directions =
                        Arrays.stream(change.directions(count)).asLongStream().toArray();
                tensors.add(NamedTensor.of(name + ".directions", directions, directions.length));
            });
        }
        SafetensorsWriter.write(out, Map.of(), tensors);
    }

    private static String file(String task) {
        return "rates/" + task + ".safetensors";
    }

    @FunctionalInterface
    private interface Content {
        void write(OutputStream out) throws IOException;
    }

    private Path write(String name, Content content) {
        Path file = new Path(directory, name);
        Path aside = WholeFile.aside(file);
        try {
            files.mkdirs(file.getParent());
            try (OutputStream out = files.create(aside, true)) {
                content.write(out);
            }
            if (!files.rename(aside, file)) {
                throw new IOException("cannot rename " + aside + " to " + file.getName());
            }
            return file;
        } catch (IOException e) {
            throw Message.of(file, e);
        }
    }
}
