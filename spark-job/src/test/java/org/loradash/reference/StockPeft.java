package org.loradash.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.loradash.Fixtures;
import org.loradash.adapter.PeftAdapter;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Tape;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.model.Changes;
import org.loradash.model.ModelDirectory;
import org.loradash.model.decoder.Decoder;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsWriter;

/** An exported adapter's logits by this project and by stock PEFT. */
final class StockPeft {
    private StockPeft() {}

    /** Asserts that stock PEFT computes the logits of a file with that adapter. */
    static void check(String python, Path model, Path adapter, Path logits) throws IOException, InterruptedException {
        Process check = new ProcessBuilder(
                        python,
                        Fixtures.path("peft/check_adapter.py").toString(),
                        model.toString(),
                        adapter.toString(),
                        logits.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(check.getInputStream().readAllBytes());
        assertThat(check.waitFor()).as(said).isZero();
    }

    /** Writes the logits that this project computes with an exported adapter. */
    static void writeLogits(Path model, Path adapterDirectory, int[] tokens, Path file) throws IOException {
        try (ModelDirectory files =
                ModelDirectory.open(new Configuration(), model.toUri().toString())) {
            Decoder decoder = (Decoder) files.load(Storage.FLOAT32);
            Kernels kernels = KernelProvider.best().open();
            Changes changes = PeftAdapter.changes(new Configuration(), files, adapterDirectory.toString());
            try (OutputStream out = Files.newOutputStream(file)) {
                float[] logits = decoder.logits(
                                Tape.forward(kernels, new Arena()), tokens, new int[] {0, tokens.length}, changes)
                        .toArray();
                long[] ids = Arrays.stream(tokens).asLongStream().toArray();
                SafetensorsWriter.write(
                        out,
                        Map.of(),
                        List.of(
                                NamedTensor.of("input_ids", ids, tokens.length),
                                NamedTensor.of("logits", logits, tokens.length, logits.length / tokens.length)));
            }
        }
    }
}
