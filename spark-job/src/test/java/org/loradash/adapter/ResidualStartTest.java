package org.loradash.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.loradash.Fixtures;
import org.loradash.model.ModelDirectory;
import org.loradash.model.Target;
import org.loradash.tsd.io.TensorFile;
import org.loradash.tsd.linalg.SingularValueDecomposition;
import org.loradash.tsd.linalg.ThinSvd;

class ResidualStartTest {

    /** The oracle's own start of PiSSA equals stock PEFT's. Rank-1 parts are compared: the signs of vectors are nobody's. */
    @ParameterizedTest
    @ValueSource(strings = {"pissa", "milora", "rosa"})
    void startsAtTheOraclesSingularTriplets(String method) throws Exception {
        JsonNode settings = Fixtures.json(Fixtures.path("golden/" + method + "/expected.json"))
                .get("settings");
        int rank = settings.get("rank").asInt();
        double scale = settings.get("alpha").asDouble() / rank;
        Map<String, SingularTriplets> triplets = new LinkedHashMap<>();
        List<Target> targets;
        try (ModelDirectory model = ModelDirectory.open(
                new Configuration(), Fixtures.path("golden/llama-tiny/model").toString())) {
            List<String> kinds = List.of(settings.get("targets").asText().split(","));
            targets = model.targets().stream()
                    .filter(target -> kinds.contains(target.kind()))
                    .toList();
            for (Target target : targets) {
                float[] weight = model.weights().readFloats(target.weightName());
                SingularValueDecomposition svd = ThinSvd.of(weight, target.outputs(), target.inputs());
                int[] indices = Method.named(method)
                        .startsFrom()
                        .orElseThrow()
                        .take(
                                svd.size(),
                                rank,
                                Adapter.random(settings.get("seed").asLong(), target.name()));
                triplets.put(target.name(), SingularTriplets.of(svd, indices));
            }
        }
        Adapter adapter = new Adapter(method, rank, scale, targets, Map.of()).withTriplets(triplets);
        float[] start = adapter.start(0);
        try (TensorFile oracle = TensorFile.open(
                Fixtures.localFiles(),
                Fixtures.hadoopPath("golden/" + method + "/initial/adapter_model.safetensors"))) {
            for (int i = 0; i < targets.size(); i++) {
                Target target = targets.get(i);
                float[] a = oracle.readFloats("base_model.model." + target.name() + ".lora_A.weight");
                float[] b = oracle.readFloats("base_model.model." + target.name() + ".lora_B.weight");
                int ofA = adapter.factorRanges().get(i).from();
                int ofB = ofA + rank * target.inputs();
                for (int k = 0; k < rank; k++) {
                    double difference = 0;
                    double norm = 0;
                    for (int row = 0; row < target.outputs(); row++) {
                        for (int column = 0; column < target.inputs(); column++) {
                            double expected = (double) b[row * rank + k] * a[k * target.inputs() + column];
                            double found =
                                    (double) start[ofB + row * rank + k] * start[ofA + k * target.inputs() + column];
                            difference += Math.pow(found - expected, 2);
                            norm += expected * expected;
                        }
                    }
                    assertThat(Math.sqrt(difference / norm))
                            .as("%s, triplet %d", target.name(), k)
                            .isLessThan(1e-3);
                }
            }
        }
    }
}
