package org.loradash.reference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.loradash.Fixtures;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.AppliedAdapter;
import org.loradash.adapter.PeftAdapter;
import org.loradash.autograd.Arena;
import org.loradash.autograd.Tape;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.model.Changes;
import org.loradash.model.ModelDirectory;
import org.loradash.model.Target;
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
            JsonNode config = Fixtures.json(adapterDirectory.resolve("adapter_config.json"));
            List<String> kinds = List.of(new ObjectMapper().convertValue(config.get("target_modules"), String[].class));
            List<Target> targets = files.targets().stream()
                    .filter(target -> kinds.contains(target.kind()))
                    .toList();
            Adapter adapter = new Adapter("lora", config.get("r").asInt(), 1, targets, Map.of());
            float[] parameters = PeftAdapter.read(
                    Fixtures.localFiles(), new org.apache.hadoop.fs.Path(adapterDirectory.toUri()), adapter);
            Decoder decoder = (Decoder) files.load(Storage.FLOAT32);
            Kernels kernels = KernelProvider.best().open();
            Changes changes = AppliedAdapter.of(adapter, Tensor.of(1, parameters.length, parameters), kernels);
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
