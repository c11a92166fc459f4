package org.loradash.spark.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.loradash.Fixtures;
import org.loradash.config.SettingsReader;
import org.loradash.tsd.InvalidInput;

/** Which head an encoder is trained with. */
class EncoderHeadTest {
    @TempDir
    private Path temporary;

    @Test
    void aHeadWithAsManyOutputsIsKept() throws IOException {
        assertThat(train("bert", "task.kind = classification")).doesNotContain("begins at random");
    }

    @Test
    void oneWithOthersBeginsAtRandomAndTheRunSaysSo() throws IOException {
        assertThat(train("bert", "task { kind = classification, labels = [a, b, c] }"))
                .contains("head       begins at random, by training.seed: classifier.weight, classifier.bias");
        assertThat(Fixtures.json(temporary.resolve("run/adapter/config.json"))
                        .get("id2label")
                        .toString())
                .isEqualTo("{\"0\":\"a\",\"1\":\"b\",\"2\":\"c\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bert | task { kind = classification, labels = 3, train = [pooler] } | task.train: [pooler] (must name the"
                        + " module of classifier.weight too: the model has none of that shape, so that it begins at random)",
                "bert | task { kind = regression, labels = 3 } | task.labels: 3 classes (must be absent for task.kind ="
                        + " regression)",
                "bert | task { kind = language } | model.path: architecture BertForSequenceClassification (must be a decoder, which continues texts)",
                "llama-tiny | task { kind = classification, labels = 2 } | model.path: architecture LlamaForCausalLM (must be an encoder, which"
                        + " says something of a whole text)"
            })
    void whatDoesNotGoTogetherIsRefused(String fixture, String task, String message) {
        assertThatThrownBy(() -> train(fixture, task))
                .isInstanceOf(InvalidInput.class)
                .hasMessage(message);
        assertThat(temporary.resolve("run")).doesNotExist();
    }

    /** What the run says. */
    private String train(String fixture, String task) throws IOException {
        Path configuration = Files.writeString(
                temporary.resolve("run.conf"),
                """
                %s
                run.output = "%s"
                model.path = "%s"
                data { train = "%s", format = tokens }
                adapter { method = lora, rank = 2, alpha = 2 }
                dash.on = false
                training { batch-size = 4, steps = 1, local-steps = 1 }
                spark { master = "local[1]", ui.enabled = false }
                """
                        .formatted(
                                task,
                                temporary.resolve("run"),
                                Fixtures.path("golden/" + fixture + "/model"),
                                Fixtures.path("golden/" + fixture + "/data.jsonl")));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TrainingJob.run(
                new SettingsReader(new Configuration()).read(configuration.toString(), List.of()),
                new PrintStream(out, true));
        return out.toString();
    }
}
