package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of records of texts the predictions have what the model saw of them, and the pages show it of those that are misjudged. */
class MisjudgedTextsTest {
    /** Each label once: a model that says the same of the same text is wrong about one of them. */
    private static final List<String> RECORDS = List.of(
            "{\"text\": \"Water is light\", \"pair\": \"The <b>soil</b>\", \"label\": 1}",
            "{\"text\": \"Water is light\", \"pair\": \"The <b>soil</b>\", \"label\": 0}",
            "{\"text\": \"light is water \", \"pair\": \"soils\", \"label\": 1}");

    private static final String FIRST = "water is light | the < b > soil < / b >";
    private static final List<String> SEEN = List.of(FIRST, FIRST, "light is water | soils");

    @TempDir
    private Path temporary;

    @Test
    void areShownByTrainingAndByEvaluation() throws IOException {
        Golden golden = Golden.named("bert");
        Path model = Files.createDirectory(temporary.resolve("model"));
        for (String file : List.of("config.json", "model.safetensors")) {
            Files.copy(golden.inputs().resolve("model").resolve(file), model.resolve(file));
        }
        Files.write(model.resolve("vocab.txt"), vocabulary());
        Files.write(temporary.resolve("dev.jsonl"), RECORDS);
        Path run = temporary.resolve("run");
        Path configuration = temporary.resolve("run.conf");
        checkDone(TrainCommandLine.train(
                configuration,
                golden.configuration(run.toString(), temporary.toString())
                        + """
                        data { train = "%1$s/dev.jsonl", format = text, cutoff = 24, columns.pair = pair }
                        dash.on = false
                        adapter.method = lora
                        training { steps = 2, batch-size = 2 }
                        validation { data = "%1$s/dev.jsonl", every-rounds = 1 }
                        evaluation { data = ["%1$s/dev.jsonl"], part-size = 2, batch-size = 2 }
                        """
                                .formatted(temporary)));
        checkDone(TrainCommandLine.run(List.of("evaluate", configuration.toString())));
        for (String predictions : List.of("predictions.jsonl", "evaluation/dev.jsonl")) {
            assertThat(texts(run.resolve(predictions))).as(predictions).isEqualTo(SEEN);
        }
        for (String page : List.of("report.html", "evaluation/table.html")) {
            assertThat(Files.readString(run.resolve(page)))
                    .as(page)
                    .contains("<th>text</th>", "<td>water is light | the &lt; b &gt; soil &lt; ");
        }
    }

    /** As many tokens as the model has. */
    private static List<String> vocabulary() {
        List<String> tokens = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        tokens.addAll(List.of("water", "light", "soil", "the", "##s", "is", "<", ">", "/", "b"));
        IntStream.range(tokens.size(), 90).forEach(token -> tokens.add("word" + token));
        return tokens;
    }

    private static List<String> texts(Path predictions) throws IOException {
        List<String> texts = new ArrayList<>();
        for (String line : Files.readAllLines(predictions)) {
            texts.add(new ObjectMapper().readTree(line).get("text").textValue());
        }
        return texts;
    }

    private static void checkDone(TrainCommandLine.Ended ended) {
        assertThat(ended.errors()).isEmpty();
        assertThat(ended.status()).isZero();
    }
}
