package org.loradash.reference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Fixtures;
import org.loradash.data.tokenizer.TextTokenizerTest;

/** 1,000 sentences and 1,000 pairs of RTE have the tokens that transformers gives them, whole and cut. */
class StockTokenizersTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int EACH = 1000;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"bert", "roberta", "deberta", "xlm-roberta"})
    void readsWhatIsTrainedOnTheTexts(String kind) throws IOException, InterruptedException {
        List<String[]> records = records();
        Path texts = directory.resolve("texts.txt");
        Files.write(texts, records.stream().flatMap(Stream::of).toList());
        Path model = directory.resolve(kind);
        python("train", kind, texts.toString(), model.toString());
        check(kind, model, "{}", records);
    }

    @Test
    void readsVocabularyOfMiniLm() throws IOException, InterruptedException {
        Path miniLm = RealModelTest.given("LORADASH_MINILM");
        Path model = Files.createDirectory(directory.resolve("vocabulary"));
        for (String name : List.of("vocab.txt", "tokenizer_config.json")) {
            Files.copy(miniLm.resolve(name), model.resolve(name));
        }
        check("bert", model, Files.readString(model.resolve("tokenizer_config.json")), records());
    }

    /** It orders both to be cut and padded to 128 tokens. */
    @Test
    void readsTokenizerJsonOfMiniLm() throws IOException, InterruptedException {
        Path miniLm = RealModelTest.given("LORADASH_MINILM");
        check("bert", miniLm, Files.readString(miniLm.resolve("tokenizer_config.json")), records());
    }

    private void check(String kind, Path model, String configuration, List<String[]> records)
            throws IOException, InterruptedException {
        ArrayNode rows = JSON.createArrayNode();
        for (String[] record : records.subList(0, EACH)) {
            rows.addObject().put("text", record[0]).putNull("pair");
            rows.addObject().put("text", record[0]).put("pair", record[1]);
        }
        Path asked = Files.writeString(directory.resolve("rows.json"), rows.toString());
        Path config = Files.writeString(directory.resolve("config.json"), configuration);
        for (int cutoff : new int[] {512, 48}) {
            Path answered = directory.resolve("expected.json");
            python(
                    "expect",
                    kind,
                    model.toString(),
                    asked.toString(),
                    String.valueOf(cutoff),
                    answered.toString(),
                    config.toString());
            TextTokenizerTest.check(model, cutoff, Fixtures.json(answered));
        }
    }

    private static List<String[]> records() throws IOException {
        List<String[]> records = new ArrayList<>();
        for (String line :
                Files.readAllLines(RealModelTest.given("LORADASH_GLUE").resolve("RTE/train.tsv"))) {
            String[] fields = line.split("\t");
            records.add(new String[] {fields[1], fields[2]});
        }
        return records;
    }

    private static void python(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(RealModelTest.given("LORADASH_PYTHON").toString());
        command.add(Fixtures.path("tokenizers/make_tokenizers.py").toString());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(said).isZero();
    }
}
