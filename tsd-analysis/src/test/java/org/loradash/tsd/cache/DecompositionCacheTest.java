package org.loradash.tsd.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Sha256;
import org.loradash.tsd.linalg.SingularValueDecomposition;
import org.loradash.tsd.linalg.ThinSvd;

class DecompositionCacheTest {
    private static final Configuration HADOOP = new Configuration();

    @TempDir
    Path directory;

    @Test
    void whatIsKeptComesBack() throws IOException {
        DecompositionCache cache = DecompositionCache.in(new org.apache.hadoop.fs.Path(directory.toString()), "0f");
        SingularValueDecomposition svd = ThinSvd.of(new float[] {1, 2, 3, 4, 5, 7}, 3, 2);
        assertThat(cache.contains("layers.0.q", HADOOP)).isFalse();
        cache.write("layers.0.q", svd, 1, HADOOP);
        cache.write("layers.0.q", svd, 2, HADOOP);
        assertThat(cache.contains("layers.0.q", HADOOP)).isTrue();
        SingularValueDecomposition read = cache.read("layers.0.q", 3, 2, HADOOP);
        assertThat(read.u()).isEqualTo(svd.u());
        assertThat(read.sigma()).isEqualTo(svd.sigma());
        assertThat(read.v()).isEqualTo(svd.v());
        try (var files = Files.list(directory.resolve("0f"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .as("nothing half written stays")
                    .allMatch(name ->
                            name.endsWith("layers.0.q.safetensors") || name.endsWith("layers.0.q.safetensors.crc"));
        }
    }

    @Test
    void aDecompositionOfAnotherShapeIsRefused() throws IOException {
        DecompositionCache cache = new DecompositionCache(directory.toString());
        cache.write("q", ThinSvd.of(new float[] {1, 2, 3, 4, 5, 7}, 3, 2), 1, HADOOP);
        assertThatThrownBy(() -> cache.read("q", 2, 3, HADOOP))
                .isInstanceOf(InvalidInput.class)
                .hasMessageEndingWith("q.safetensors: u: shape [3, 2] (must be [2, 2], for the shape of the weight)");
    }

    @Test
    void theHashIsOverNamesAndContents() throws IOException {
        Files.writeString(directory.resolve("config.json"), "{}");
        Files.writeString(directory.resolve("b.safetensors"), "b");
        Files.writeString(directory.resolve("a.safetensors"), "a");
        String expected = Sha256.of("config.json " + Sha256.of("{}") + "\na.safetensors " + Sha256.of("a")
                + "\nb.safetensors " + Sha256.of("b"));
        org.apache.hadoop.fs.Path model = new org.apache.hadoop.fs.Path(directory.toString());
        assertThat(ModelHash.of(
                        model,
                        List.of(
                                new org.apache.hadoop.fs.Path(model, "b.safetensors"),
                                new org.apache.hadoop.fs.Path(model, "a.safetensors")),
                        HADOOP))
                .isEqualTo(expected);
        Files.write(directory.resolve("a.safetensors"), "c".getBytes(StandardCharsets.UTF_8));
        assertThat(ModelHash.of(model, List.of(), HADOOP)).isNotEqualTo(expected);
    }
}
