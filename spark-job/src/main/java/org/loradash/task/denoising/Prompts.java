package org.loradash.task.denoising;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.loradash.autograd.Arena;
import org.loradash.data.tokenizer.PromptTokenizer;
import org.loradash.kernel.Kernels;
import org.loradash.model.diffusion.PipelineDirectory;
import org.loradash.model.diffusion.PromptEncoder;
import org.loradash.model.diffusion.PromptEncoder.Prompt;

/** What a U-Net is told of prompts. */
final class Prompts {
    private Prompts() {}

    /**
     * Opens a pipeline's tokenizers, to find out whether they are there.
     *
     * @throws org.loradash.tsd.InvalidInput where one is missing or unfit
     */
    static void check(PipelineDirectory pipeline, Configuration hadoop) throws IOException {
        PromptTokenizer.open(hadoop, pipeline.folder("tokenizer")).close();
        PromptTokenizer.open(hadoop, pipeline.folder("tokenizer_2")).close();
    }

    /** Loads both text encoders for as long as it takes. */
    static List<Prompt> encode(PipelineDirectory pipeline, Configuration hadoop, Kernels kernels, List<String> prompts)
            throws IOException {
        PromptEncoder encoder = pipeline.promptEncoder();
        Arena arena = new Arena();
        try (PromptTokenizer first = PromptTokenizer.open(hadoop, pipeline.folder("tokenizer"));
                PromptTokenizer second = PromptTokenizer.open(hadoop, pipeline.folder("tokenizer_2"))) {
            List<Prompt> encoded = new ArrayList<>();
            for (String prompt : prompts) {
                encoded.add(encoder.encode(kernels, arena, first.encode(prompt), second.encode(prompt)));
            }
            return encoded;
        } finally {
            arena.free();
        }
    }
}
