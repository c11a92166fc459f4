package org.loradash.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.loradash.ChildJava;
import org.loradash.tsd.InvalidInput;

/** The portable kernels give on a GPU what they give on a CPU; in processes of their own, since a process has one device. */
class GpuKernelsTest {
    private static final double TOLERANCE = 2e-5;

    @TempDir
    private Path temporary;

    @Test
    void aGpuComputesWhatACpuDoes() throws Exception {
        assumeTrue(
                Device.obstacle().isEmpty(),
                () -> "skipped: "
                        + Device.obstacle().map(InvalidInput::getMessage).orElse(""));
        assertClose(computedOn("gpu"), computedOn("cpu"));
    }

    /** So that a mistake in what is compared shows without a GPU. */
    @Test
    void theComparedOperationsAreTheFusedKernelsToo() throws Exception {
        Map<String, double[]> results = new LinkedHashMap<>();
        KernelResults.compute(KernelProvider.FUSED.open(), results);
        Map<String, double[]> portable = computedOn("cpu");
        assertThat(portable).hasSizeGreaterThan(20);
        assertClose(results, portable);
    }

    private Map<String, double[]> computedOn(String device) throws IOException, InterruptedException {
        Path file = temporary.resolve(device);
        ChildJava.Ended ended = ChildJava.run(
                KernelResults.class, List.of("-D" + Device.PROPERTY + "=" + device, "-Xmx512m"), file.toString());
        assertThat(ended.status()).as(ended.output()).isZero();
        Map<String, double[]> results = new LinkedHashMap<>();
        for (String line : Files.readAllLines(file)) {
            String[] words = line.split(" ");
            double[] values = new double[words.length - 1];
            for (int i = 0; i < values.length; i++) {
                values[i] = Double.parseDouble(words[i + 1]);
            }
            results.put(words[0], values);
        }
        return results;
    }

    private static void assertClose(Map<String, double[]> actual, Map<String, double[]> expected) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        expected.forEach((name, values) -> {
            double largest = 1e-30;
            for (double value : values) {
                largest = Math.max(largest, Math.abs(value));
            }
            assertThat(actual.get(name)).as(name).hasSameSizeAs(values);
            for (int i = 0; i < values.length; i++) {
                assertThat(actual.get(name)[i])
                        .as("%s, element %d", name, i)
                        .isCloseTo(values[i], within(TOLERANCE * largest));
            }
        });
    }
}
