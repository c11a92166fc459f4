package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.loradash.Fixtures;
import org.loradash.generate.TinyAdapter;

class GenerateCommandTest {
    private static final String MODEL = Fixtures.path("tiny-llama/model").toString();
    private static final String QUESTION = "Please choose the correct answer to the question: Which is a star?\n\n"
            + "Answer1: Sun Answer2: Moon\n\nAnswer format: answer1/answer2";

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void answersAnInstructionInTheTrainingTemplate() {
        assertThat(run("generate", MODEL, "--instruction", QUESTION, "--max-tokens", "12"))
                .isZero();
        assertThat(out.toString()).startsWith("the correct answer is ").endsWith(System.lineSeparator());
        assertThat(err.toString()).contains("loading " + MODEL).contains("(the text has ended)");
    }

    @Test
    void writesTheSameTextByOneBeamAndAtRandomFromOneToken() {
        String greedy = said("generate", MODEL, "--prompt", "The", "--max-tokens", "8");
        assertThat(said("generate", MODEL, "--prompt", "The", "--max-tokens", "8", "--beams", "1"))
                .isEqualTo(greedy);
        assertThat(said("generate", MODEL, "--prompt", "The", "--max-tokens", "8", "--top-k", "1", "--seed", "5"))
                .isEqualTo(greedy);
    }

    @Test
    void saysWithAMergedModelWhatItSaysWithTheAdapterAndWithoutItWhatTheModelSays() throws IOException {
        String adapter = TinyAdapter.write(directory.resolve("adapter")).toString();
        String merged = directory.resolve("merged").toString();
        assertThat(said("merge", adapter, merged)).isEqualTo("model: " + merged + System.lineSeparator());
        String base = said("generate", MODEL, "--prompt", "Water is", "--max-tokens", "16");
        String tuned = said("generate", adapter, "--prompt", "Water is", "--max-tokens", "16", "--storage", "bfloat16");
        assertThat(tuned).isNotEqualTo(base);
        assertThat(said("generate", merged, "--prompt", "Water is", "--max-tokens", "16"))
                .isEqualTo(tuned);
        assertThat(said("generate", adapter, "--base", "--prompt", "Water is", "--max-tokens", "16"))
                .isEqualTo(base);
    }

    @Test
    void holdsTheWeightsAsTheRunDidUnlessItIsTold() throws IOException {
        Path trained = Files.createDirectories(directory.resolve("run"));
        Files.writeString(
                trained.resolve("resolved.conf"),
                "run.output = \"%s\", model { path = \"%s\", storage = nf4 }, data.train = t, training.steps = 1"
                        .formatted(trained, MODEL));
        TinyAdapter.write(trained.resolve("adapter"));
        String quantised = said("generate", trained.toString(), "--prompt", "Water is", "--max-tokens", "16");
        assertThat(err.toString()).contains("loading " + MODEL + " as nf4 with " + trained.resolve("adapter"));
        String plain = said(
                "generate", trained.toString(), "--prompt", "Water is", "--max-tokens", "16", "--storage", "float32");
        assertThat(err.toString()).contains("loading " + MODEL + " as float32 with ");
        assertThat(quantised).isNotEqualTo(plain);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--max-tokens 3 | --prompt, --instruction, --chat: none given (exactly one of them must be)",
                "--prompt a --instruction b | --prompt, --instruction, --chat: 2 given (exactly one of them must be)",
                "--prompt a --input b | --input: b (must come with --instruction, not with --prompt or --chat)",
                "--prompt a --beams 2 --top-k 3"
                        + " | --beams: 2 (must come without --temperature, --top-k and --top-p)",
                "--prompt a --seed 2 | --seed: 2 (must come with --temperature, --top-k or --top-p)",
                "--prompt a --temperature 0 | temperature: 0.0 (must be above 0; greedy decoding needs none)",
                "--prompt a --max-tokens 0 | --max-tokens: 0 (must be at least 1)",
                "--prompt a --storage int4 | --storage: int4 (must be float32, bfloat16, float16, int8 or nf4)",
                "--prompt a --threads 0 | --threads: 0 (must be from 1 to 1024)",
                "--prompt a --max-tokens 512"
                        + " | --max-tokens: 512 (the prompt has 2 tokens and the model's max_position_embeddings is 512)"
            })
    void endsWithTwoAndOneLineForAMistake(String options, String line) {
        List<String> arguments = new ArrayList<>(List.of("generate", MODEL));
        arguments.addAll(List.of(options.strip().split(" ")));
        assertThat(run(arguments.toArray(String[]::new))).isEqualTo(2);
        assertThat(err.toString().lines().filter(said -> !said.startsWith("loading")))
                .containsExactly("lora-dash: " + line);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void saysWhoIsAskedInPlaceOfAnEncoder() {
        String encoder = Fixtures.path("golden/bert/model").toString();
        assertThat(run("generate", encoder, "--prompt", "Water is")).isEqualTo(2);
        assertThat(err.toString().lines().filter(said -> !said.startsWith("loading")))
                .containsExactly(
                        "lora-dash: model.path: architecture BertForSequenceClassification (must be a decoder, which"
                                + " continues texts; the command predict tells what an encoder says of them)");
    }

    @Test
    void refusesToMergeOverWhatIsThere() throws IOException {
        String adapter = TinyAdapter.write(directory.resolve("adapter")).toString();
        Path output = Files.createDirectories(directory.resolve("there"));
        assertThat(run("merge", adapter, output.toString())).isEqualTo(2);
        assertThat(err.toString())
                .endsWith("lora-dash: OUTPUT: " + output + " (must not exist yet)" + System.lineSeparator());
    }

    private String said(String... arguments) {
        out.getBuffer().setLength(0);
        assertThat(run(arguments)).as(err.toString()).isZero();
        return out.toString();
    }

    private int run(String... arguments) {
        return LoraDash.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true), settings -> {
            throw new AssertionError("trains");
        });
    }
}
