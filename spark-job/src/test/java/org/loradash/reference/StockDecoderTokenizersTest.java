package org.loradash.reference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Fixtures;
import org.loradash.data.tokenizer.DecoderTokenizersTest;

/** 2,000 sentences of RTE have the tokens that AutoTokenizer gives them, by each rule for decoders without tokenizer.json. */
class StockDecoderTokenizersTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"pairs", "unigram", "gemma", "bytes"})
    void readsWhatIsTrainedOnTheTexts(String kind) throws IOException, InterruptedException {
        List<String> sentences = new ArrayList<>();
        for (String line :
                Files.readAllLines(RealModelTest.given("LORADASH_GLUE").resolve("RTE/train.tsv"))) {
            String[] fields = line.split("\t");
            sentences.add(fields[1]);
            sentences.add(fields[2]);
        }
        Path texts = Files.write(directory.resolve("texts.txt"), sentences);
        Path model = directory.resolve(kind);
        python("train", kind, texts.toString(), model.toString());
        Path asked = Files.writeString(
                directory.resolve("texts.json"), new ObjectMapper().writeValueAsString(sentences.subList(0, 2000)));
        Path answered = directory.resolve("expected.json");
        python("expect", kind, model.toString(), asked.toString(), answered.toString());
        DecoderTokenizersTest.check(model, Fixtures.json(answered));
    }

    private static void python(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(RealModelTest.given("LORADASH_PYTHON").toString());
        command.add(Fixtures.path("tokenizers/make_decoder_tokenizers.py").toString());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(said).isZero();
    }
}
