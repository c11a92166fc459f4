package org.loradash.task.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.loradash.Fixtures;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Tape;
import org.loradash.config.ChatSettings;
import org.loradash.config.DataSettings;
import org.loradash.config.Figure;
import org.loradash.config.Labels;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.config.TableSettings;
import org.loradash.data.LabelledTokens;
import org.loradash.data.RecordFile;
import org.loradash.data.RecordReader;
import org.loradash.data.TextRecords;
import org.loradash.figure.Prediction;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.model.Backbone;
import org.loradash.model.Changes;
import org.loradash.model.ModelDirectory;
import org.loradash.task.Measurement;
import org.loradash.task.Task;

class TextsTest {
    private static final Path MODEL = Fixtures.path("golden/bert/model");
    private static final Path RECORDS = Fixtures.path("golden/bert/data.jsonl");

    private final Configuration hadoop = new Configuration();
    private final Texts task = texts(Labels.of(2));

    /** Slices of similar lengths go through the model in another order than the records'. */
    @Test
    void predictsInTheOrderOfTheRecordsHoweverTheyAreCut() throws IOException {
        List<LabelledTokens> examples = examples();
        TextBatch batch = task.batch(examples);
        try (ModelDirectory directory = ModelDirectory.open(hadoop, MODEL.toString());
                Kernels kernels = KernelProvider.best().open()) {
            Backbone model = directory.load(Storage.FLOAT32);
            Tape tape = Tape.forward(kernels, new Arena());
            Measurement whole =
                    task.measure(tape, model, batch, new Task.Slicing(Integer.MAX_VALUE, true), Changes.none());
            Measurement cut = task.measure(tape, model, batch, new Task.Slicing(50, true), Changes.none());
            Measurement separate = task.measure(tape, model, batch, new Task.Slicing(50, false), Changes.none());
            for (Measurement measured : List.of(whole, cut, separate)) {
                assertThat(measured.predictions()).hasSameSizeAs(examples);
                double loss = 0;
                for (int i = 0; i < examples.size(); i++) {
                    Prediction prediction = measured.predictions().get(i);
                    assertThat(prediction.example()).isEqualTo(i);
                    assertThat(prediction.label()).isEqualTo(examples.get(i).label());
                    assertThat(prediction.outputs())
                            .containsExactly(whole.predictions().get(i).outputs(), within(1e-4f));
                    loss += prediction.loss();
                }
                assertThat(measured.loss()).isCloseTo(loss, within(1e-4));
            }
        }
    }

    @Test
    void tellsTheFiguresOfItsLabels() {
        assertThat(task.figures()).containsExactly(Figure.ACCURACY, Figure.F1, Figure.MATTHEWS);
        assertThat(texts(Labels.of(3)).figures()).containsExactly(Figure.ACCURACY, Figure.MACRO_F1, Figure.MATTHEWS);
        assertThat(texts(null).figures()).containsExactly(Figure.PEARSON, Figure.SPEARMAN);
        assertThat(texts(new Labels(2, List.of("no", "yes"))).classNames()).containsExactly("no", "yes");
        assertThat(texts(null).classNames()).isEmpty();
    }

    private List<LabelledTokens> examples() throws IOException {
        List<LabelledTokens> examples = new ArrayList<>();
        try (RecordReader<LabelledTokens> reader = task.reader(hadoop)) {
            reader.read(
                    RecordFile.of(hadoop, new org.apache.hadoop.fs.Path(RECORDS.toUri()), "data.train"), examples::add);
        }
        return examples;
    }

    private static Texts texts(Labels labels) {
        return new Texts(
                new DataSettings(
                        List.of(),
                        DataSettings.Format.TOKENS,
                        32,
                        true,
                        false,
                        true,
                        true,
                        TableSettings.USUAL,
                        ChatSettings.USUAL),
                MODEL.toString(),
                new TextRecords.Limits(90, 2, 32),
                labels,
                0);
    }
}
