package org.loradash.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.Fixtures;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.TensorDirectory;
import org.loradash.tsd.io.TensorFile;

class MergingTest {
    private static final Configuration HADOOP = new Configuration();

    @TempDir
    private Path directory;

    private Path adapter;
    private Path merged;

    @BeforeEach
    void writeAdapter() throws IOException {
        adapter = TinyAdapter.write(directory.resolve("adapter"));
        merged = directory.resolve("merged");
    }

    @Test
    void addsTheChangeToTheWeightsOfTargetsAndLeavesAllElse() {
        Merging.write(tuned(), merged.toString(), 2, HADOOP);
        try (TensorDirectory base = open(Path.of(Expected.MODEL));
                TensorDirectory result = open(merged);
                TensorFile factors = TensorFile.open(
                        Fixtures.localFiles(),
                        new org.apache.hadoop.fs.Path(
                                adapter.resolve("adapter_model.safetensors").toUri()))) {
            assertThat(result.names()).containsExactlyInAnyOrderElementsOf(base.names());
            for (String name : base.names()) {
                assertThat(result.tensor(name).type())
                        .as(name)
                        .isEqualTo(base.tensor(name).type());
                float[] expected = base.readFloats(name);
                boolean target = name.matches(".*(q_proj|v_proj|down_proj).weight");
                if (target) {
                    String module = "base_model.model." + name.replace(".weight", "");
                    addProduct(
                            factors.readFloats(module + ".lora_B.weight"),
                            factors.readFloats(module + ".lora_A.weight"),
                            expected);
                }
                float[] actual = result.readFloats(name);
                assertThat(actual).hasSameSizeAs(expected);
                for (int i = 0; i < actual.length; i++) {
                    // A bfloat16 number is within one 256th of what was rounded to it.
                    double tolerance = target ? Math.abs(expected[i]) / 256 + 1e-7 : 0;
                    assertThat((double) actual[i]).as(name).isCloseTo(expected[i], within(tolerance));
                }
            }
        }
        assertThat(merged.resolve("tokenizer.json")).hasSameBinaryContentAs(Path.of(Expected.MODEL, "tokenizer.json"));
        assertThat(merged.resolve("config.json")).hasSameBinaryContentAs(Path.of(Expected.MODEL, "config.json"));
    }

    /** w (outputs x inputs) += b (outputs x r) a (r x inputs). */
    private static void addProduct(float[] b, float[] a, float[] w) {
        int rank = (int) Math.round(Math.sqrt((double) a.length * b.length / w.length));
        int inputs = a.length / rank;
        for (int i = 0; i < w.length; i++) {
            double sum = w[i];
            for (int k = 0; k < rank; k++) {
                sum += (double) b[i / inputs * rank + k] * a[k * inputs + i % inputs];
            }
            w[i] = (float) sum;
        }
    }

    @Test
    void refusesAnOutputThatExistsAndLeavesItAsItIs() throws IOException {
        Files.createDirectories(merged);
        assertThatThrownBy(() -> Merging.write(tuned(), merged.toString(), 1, HADOOP))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("OUTPUT: %s (must not exist yet)", merged);
        assertThat(merged).isEmptyDirectory();
    }

    @Test
    void refusesAPlainModel() {
        assertThatThrownBy(() ->
                        Merging.write(Tuned.of(Expected.MODEL, Optional.empty(), HADOOP), merged.toString(), 1, HADOOP))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("SOURCE: %s (must have an adapter; this is a plain model already)", Expected.MODEL);
        assertThat(merged).doesNotExist();
    }

    @Test
    void refusesAnAdapterOfAnotherModelAndLeavesNothing() throws IOException {
        String other = Fixtures.path("golden/tied/model").toString();
        assertThatThrownBy(() -> Merging.write(
                        Tuned.of(adapter.toString(), Optional.of(other), HADOOP), merged.toString(), 1, HADOOP))
                .isInstanceOf(InvalidInput.class);
        try (var left = Files.list(directory)) {
            assertThat(left.map(Path::getFileName).map(Path::toString)).containsExactly("adapter");
        }
    }

    @Test
    void findsOutWhatIsMeant() throws IOException {
        assertThat(tuned())
                .isEqualTo(
                        new Tuned(Expected.MODEL, Optional.of(adapter.toString()), Expected.MODEL, Optional.empty()));
        assertThat(Tuned.of(Expected.MODEL, Optional.empty(), HADOOP))
                .isEqualTo(new Tuned(Expected.MODEL, Optional.empty(), Expected.MODEL, Optional.empty()));
        Path empty = Files.createDirectories(directory.resolve("empty"));
        assertThatThrownBy(() -> Tuned.of(empty.toString(), Optional.empty(), HADOOP))
                .hasMessage(
                        "SOURCE: %s (must be a run's directory (with resolved.conf), an adapter (adapter_config.json) or a"
                                + " model (config.json))",
                        empty);
        assertThatThrownBy(() -> Tuned.of(directory.resolve("none").toString(), Optional.empty(), HADOOP))
                .hasMessageEndingWith(
                        "(must be a run's directory or configuration, an adapter or a model; there is nothing there)");
    }

    @Test
    void findsARunsAdapterByItsDirectoryAndByItsConfiguration() throws IOException {
        Path run = Files.createDirectories(directory.resolve("run"));
        String settings =
                "run.output = \"%s\", model.path = \"%s\", data.train = t, training.steps = 1, model.storage = nf4"
                        .formatted(run, Expected.MODEL);
        Path configuration = Files.writeString(directory.resolve("run.conf"), settings);
        assertThatThrownBy(() -> Tuned.of(configuration.toString(), Optional.empty(), HADOOP))
                .hasMessage(
                        "%s: run.output: %s (must be the directory of a run; none has begun there)",
                        configuration, run);
        Files.writeString(run.resolve("resolved.conf"), settings);
        assertThatThrownBy(() -> Tuned.of(run.toString(), Optional.empty(), HADOOP))
                .hasMessage("SOURCE: %s (must be a run that has ended; it has no adapter/ yet)", run);
        Path itsAdapter = TinyAdapter.write(run.resolve("adapter"));
        Tuned expected =
                new Tuned(Expected.MODEL, Optional.of(itsAdapter.toString()), Expected.MODEL, Optional.of(Storage.NF4));
        assertThat(Tuned.of(run.toString(), Optional.empty(), HADOOP)).isEqualTo(expected);
        assertThat(Tuned.of(configuration.toString(), Optional.empty(), HADOOP)).isEqualTo(expected);
    }

    private Tuned tuned() {
        return Tuned.of(adapter.toString(), Optional.empty(), HADOOP);
    }

    private static TensorDirectory open(Path path) {
        return TensorDirectory.open(Fixtures.localFiles(), new org.apache.hadoop.fs.Path(path.toUri()));
    }
}
