package org.loradash.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.loradash.Fixtures;
import org.loradash.tsd.io.TensorFile;

/**
 * What a run of a fixture has made of the model, beside what it must be.
 *
 * @param run that has ended
 */
record GoldenChange(Golden golden, TrainedRun run) {
    private static final String PREFIX = "base_model.model.";

    /** Asserts that what each target and each tensor of a module trained whole has moved by is what the oracle says. */
    void check() {
        try (TensorFile base = TrainedRun.open(golden.weights())) {
            if (golden.method().equals("full")) {
                checkWeights(base);
            } else {
                checkFactors(base);
            }
        }
    }

    private void checkWeights(TensorFile base) {
        assertThat(run.directory().resolve("adapter")).doesNotExist();
        try (TensorFile ours = TrainedRun.open(run.directory().resolve("model/model.safetensors"));
                TensorFile oracle = TrainedRun.open(golden.directory().resolve("final/change.safetensors"))) {
            assertThat(ours.tensors().keySet())
                    .containsExactlyInAnyOrderElementsOf(base.tensors().keySet());
            for (String name : ours.tensors().keySet()) {
                String target = name.substring(0, name.lastIndexOf('.'));
                float[] trained = ours.readFloats(name);
                if (oracle.tensors().containsKey(PREFIX + name)) {
                    assertNear(name, moved(trained, base, name), moved(oracle.readFloats(PREFIX + name), base, name));
                } else if (name.endsWith(".weight") && oracle.tensors().containsKey(target + ".change")) {
                    double[] expected = doubles(oracle.readFloats(target + ".change"));
                    addCoordinates(oracle, target, expected);
                    assertNear(target, moved(trained, base, name), expected);
                } else {
                    assertThat(trained).as(name).containsExactly(base.readFloats(name));
                }
            }
        }
    }

    private void checkFactors(TensorFile base) {
        JsonNode config = Fixtures.json(run.directory().resolve("adapter/adapter_config.json"));
        JsonNode given = golden.settings();
        int directions = golden.hasBoundary() ? given.get("directions").asInt() : 0;
        int rank = given.get("rank").asInt() * (golden.isLora() ? 1 : 2);
        assertThat(config.get("r").asInt()).isEqualTo(rank + directions);
        assertThat(config.get("lora_alpha")).isEqualTo(config.get("r"));
        double scale = golden.isLora()
                ? given.get("alpha").asDouble() / given.get("rank").asDouble()
                : 1;
        try (TensorFile ours = run.adapter();
                TensorFile oracle = TrainedRun.open(golden.directory().resolve("final/adapter_model.safetensors"))) {
            List<String> saved = oracle.tensors().keySet().stream()
                    .filter(name -> name.startsWith(PREFIX))
                    .toList();
            assertThat(ours.tensors().keySet()).containsExactlyInAnyOrderElementsOf(saved);
            for (String name : saved) {
                String own = name.substring(PREFIX.length());
                if (own.endsWith(".lora_A.weight")) {
                    String target = own.substring(0, own.length() - ".lora_A.weight".length());
                    double[] expected = change(oracle, target, scale);
                    if (golden.hasBoundary()) {
                        addCoordinates(oracle, target, expected);
                    }
                    assertNear(target, change(ours, target, 1), expected);
                } else if (!own.endsWith(".lora_B.weight")) {
                    assertNear(own, moved(ours.readFloats(name), base, own), moved(oracle.readFloats(name), base, own));
                }
            }
        }
    }

    /** In relative norm. */
    private static void assertNear(String what, double[] found, double[] expected) {
        double difference = IntStream.range(0, expected.length)
                .mapToDouble(i -> Math.pow(found[i] - expected[i], 2))
                .sum();
        double norm = Arrays.stream(expected).map(value -> value * value).sum();
        assertThat(Math.sqrt(difference / norm)).as(what).isLessThan(1e-3);
    }

    private static double[] moved(float[] trained, TensorFile base, String name) {
        float[] frozen = base.readFloats(name);
        return IntStream.range(0, trained.length)
                .mapToDouble(i -> (double) trained[i] - frozen[i])
                .toArray();
    }

    private static double[] doubles(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    /** scale B A, row by row. */
    private static double[] change(TensorFile adapter, String target, double scale) {
        String a = PREFIX + target + ".lora_A.weight";
        String b = PREFIX + target + ".lora_B.weight";
        int inputs = (int) adapter.tensor(a).shape()[1];
        int outputs = (int) adapter.tensor(b).shape()[0];
        double[] change = new double[outputs * inputs];
        addProduct(adapter.readFloats(b), adapter.readFloats(a), inputs, scale, change);
        return change;
    }

    /** U diag(d) V^T. */
    private static void addCoordinates(TensorFile oracle, String target, double[] change) {
        float[] u = oracle.readFloats(target + ".dash.u");
        float[] v = oracle.readFloats(target + ".dash.v");
        float[] coordinates = oracle.readFloats(target + ".dash.coordinates");
        int count = coordinates.length;
        int inputs = v.length / count;
        float[] scaled = new float[v.length];
        for (int k = 0; k < count; k++) {
            for (int j = 0; j < inputs; j++) {
                scaled[k * inputs + j] = coordinates[k] * v[j * count + k];
            }
        }
        addProduct(u, scaled, inputs, 1, change);
    }

    private static void addProduct(float[] left, float[] right, int columns, double scale, double[] sum) {
        int rank = right.length / columns;
        for (int i = 0; i < sum.length; i++) {
            int row = i / columns;
            for (int k = 0; k < rank; k++) {
                sum[i] += scale * left[row * rank + k] * right[k * columns + i % columns];
            }
        }
    }
}
