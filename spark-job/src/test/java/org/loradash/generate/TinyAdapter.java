package org.loradash.generate;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.loradash.Fixtures;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.ModuleChanges;
import org.loradash.adapter.PeftAdapter;
import org.loradash.kernel.KernelProvider;
import org.loradash.kernel.Tensor;
import org.loradash.model.ModelDirectory;
import org.loradash.model.Target;

/** A random adapter of the tiny model, large enough to change what it says. */
public final class TinyAdapter {
    private TinyAdapter() {}

    /** Writes it as a PEFT adapter directory. */
    public static Path write(Path directory) throws IOException {
        List<Target> targets;
        try (ModelDirectory model = ModelDirectory.open(new Configuration(), Expected.MODEL)) {
            targets = model.targets().stream()
                    .filter(target -> List.of("q_proj", "v_proj", "down_proj").contains(target.kind()))
                    .toList();
        }
        Adapter adapter = new Adapter("lora", 4, 2, targets, Map.of());
        Random random = new Random(4);
        float[] parameters = new float[adapter.parameters()];
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] = (float) (0.15 * random.nextGaussian());
        }
        ModuleChanges changes = ModuleChanges.of(
                adapter,
                Tensor.of(1, parameters.length, parameters),
                KernelProvider.best().open());
        PeftAdapter.write(
                Fixtures.localFiles(),
                new org.apache.hadoop.fs.Path(directory.toUri()),
                changes,
                new PeftAdapter.Base(
                        Expected.MODEL, adapter.targets(), List.of(), Optional.of("CAUSAL_LM"), Optional.empty()));
        return directory;
    }
}
