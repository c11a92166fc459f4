package org.loradash.reference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.loradash.Fixtures;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.generate.Decoding;
import org.loradash.generate.Generated;
import org.loradash.generate.Generator;
import org.loradash.generate.Options;
import org.loradash.kernel.KernelProvider;
import org.loradash.model.Changes;
import org.loradash.model.ModelDirectory;
import org.loradash.model.decoder.Decoder;
import org.loradash.model.decoder.DecoderShape;

/** A model's answers by this project and by transformers' generate. */
final class StockGenerate {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_TOKENS = 32;

    private StockGenerate() {}

    /**
     * Asserts that both give the same answers in float32.
     *
     * @param beams 1: greedy
     * @param file a new one, for what is compared
     * @param options of check_generate.py
     */
    static void check(String python, Path model, List<int[]> prompts, int beams, Path file, String... options)
            throws IOException, InterruptedException {
        Decoding decoding = beams == 1 ? new Decoding.Greedy() : new Decoding.Beams(beams);
        Set<Integer> ends;
        List<Generated> answers;
        try (ModelDirectory files =
                        ModelDirectory.open(new Configuration(), model.toUri().toString());
                Generator generator = new Generator(
                        (Decoder) files.load(Storage.FLOAT32), Changes.none(), KernelProvider.best(), 2)) {
            ends = files.endTokens(DecoderShape.of(files).vocabularySize());
            answers = generator.generate(
                    prompts, 0, new Options(decoding, MAX_TOKENS, ends, 16), Generator.Listener.NONE);
        }
        ObjectNode generated = JSON.createObjectNode().put("beams", beams).put("max_tokens", MAX_TOKENS);
        generated.set("ends", JSON.valueToTree(ends));
        generated.set("prompts", JSON.valueToTree(prompts));
        generated.set(
                "answers",
                JSON.valueToTree(answers.stream().map(Generated::tokens).toList()));
        JSON.writeValue(file.toFile(), generated);
        List<String> command = new ArrayList<>(List.of(
                python, Fixtures.path("generate/check_generate.py").toString(), model.toString(), file.toString()));
        command.addAll(List.of(options));
        Process check = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(check.getInputStream().readAllBytes());
        System.out.println(said.lines()
                .filter(line -> line.contains("answers"))
                .findFirst()
                .orElse(""));
        assertThat(check.waitFor()).as(said).isZero();
    }
}
