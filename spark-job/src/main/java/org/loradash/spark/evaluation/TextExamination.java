package org.loradash.spark.evaluation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.loradash.config.DataSettings;
import org.loradash.config.EvaluationSettings;
import org.loradash.data.InputFile;
import org.loradash.evaluate.EvaluationDirectory;
import org.loradash.evaluate.Line;
import org.loradash.evaluate.Predicted;
import org.loradash.evaluate.Results;
import org.loradash.evaluate.SetSize;
import org.loradash.run.EvaluationProgress;
import org.loradash.spark.source.Located;
import org.loradash.spark.source.RecordStores;
import org.loradash.spark.source.Source;
import org.loradash.spark.source.StoredRecords;
import org.loradash.task.Task;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.io.Sha256;

/**
 * Records whose labels a model predicts.
 *
 * @param data what the entries are
 * @param files entries by the titles of their sets
 * @param hashes of those that are one file, likewise
 */
record TextExamination(
        EvaluationSettings settings,
        DataSettings data,
        Task<?, ?> task,
        Map<String, String> files,
        Map<String, String> hashes)
        implements Examination {
    private static final String DATA = "evaluation.data";
    private static final Pattern TITLE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    /** @throws InvalidInput for files that are not there, or sets of one title */
    static TextExamination check(EvaluationSettings settings, DataSettings data, Task<?, ?> task, Configuration hadoop)
            throws IOException {
        Map<String, String> files = files(settings, data, hadoop);
        Map<String, String> hashes = new LinkedHashMap<>();
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path path = FileSystems.path(file.getValue());
            boolean readBySpark = Source.of(hadoop, data, DATA, file.getValue(), Long.MAX_VALUE) instanceof Source.Rows;
            if (!readBySpark && InputFile.exists(hadoop, path)) {
                hashes.put(file.getKey(), Sha256.of(path.getFileSystem(hadoop), path));
            }
        }
        task.reader(hadoop).close();
        return new TextExamination(settings, data, task, files, hashes);
    }

    /** Each file is a set, whose title is given or the file's name without its ending. */
    static Map<String, String> files(EvaluationSettings settings, DataSettings data, Configuration hadoop) {
        if (settings.data().isEmpty()) {
            throw InvalidInput.of(DATA, "missing", "must be a path or a list of paths, to be evaluated on");
        }
        Map<String, String> files = new LinkedHashMap<>();
        for (int i = 0; i < settings.data().size(); i++) {
            String given = settings.data().get(i);
            String file = Located.entry(data, DATA, given, hadoop);
            String title = settings.sets().isEmpty()
                    ? FileSystems.path(file).getName().replaceFirst("\\.[^.]*$", "")
                    : settings.sets().get(i);
            if (!TITLE.matcher(title).matches()) {
                throw InvalidInput.of(
                        settings.sets().isEmpty() ? DATA : "evaluation.sets",
                        title,
                        "must be letters, digits, dots, hyphens and underscores as a set's name; evaluation.sets names them");
            }
            if (files.put(title, file) != null) {
                throw InvalidInput.of(
                        DATA, given, "is a second file of the set " + title + "; evaluation.sets must name them");
            }
        }
        return files;
    }

    @Override
    public List<String> titles() {
        return List.copyOf(files.keySet());
    }

    @Override
    public EvaluationProgress.Kind kind() {
        return task.classNames().isEmpty() ? EvaluationProgress.Kind.VALUES : EvaluationProgress.Kind.CLASSES;
    }

    @Override
    public Line.Reader reader() {
        return Line::ofPrediction;
    }

    @Override
    public Ready prepare(JavaSparkContext spark, EvaluatedModel model, EvaluationDirectory directory) {
        List<String> titles = List.copyOf(files.keySet());
        StoredRecords records = StoredRecords.make(
                spark, model.hadoop(), task, data, DATA, List.copyOf(files.values()), directory.records());
        task.checkLongest(records.totals().longest());
        int most = settings.records() == 0 ? Integer.MAX_VALUE : settings.records();
        List<SetSize> sizes = new ArrayList<>();
        Map<String, String> made = new LinkedHashMap<>();
        for (int i = 0; i < titles.size(); i++) {
            sizes.add(new SetSize(
                    titles.get(i), (int) Math.min(most, records.inputs().get(i).records())));
            made.put(titles.get(i), records.inputs().get(i).sha256());
        }
        return new Ready(sizes, made, new TextExaminers<>(model, task, records, titles, settings.batchSize()));
    }

    @Override
    public Results results(EvaluationDirectory directory) {
        return Predicted.read(directory, List.copyOf(files.keySet()));
    }

    @Override
    public void close(EvaluationDirectory directory) {
        RecordStores.close(directory.records().toString());
    }
}
