package org.loradash.model.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.loradash.Fixtures;
import org.loradash.tsd.io.TensorFile;

/** The small pipeline, and what its stages give by diffusers in double precision. */
public final class PipelineParts {
    private static final TensorFile PARTS =
            TensorFile.open(Fixtures.localFiles(), Fixtures.hadoopPath("golden/sdxl-tiny/parts.safetensors"));

    private PipelineParts() {}

    /** Where the pipeline lies. */
    public static String path() {
        return Fixtures.path("golden/sdxl-tiny/model").toUri().toString();
    }

    public static PipelineDirectory pipeline() {
        return PipelineDirectory.open(new Configuration(), path());
    }

    public static float[] floats(String name) {
        return PARTS.readFloats(name);
    }

    public static int[] ints(String name) {
        return Arrays.stream(PARTS.readLongs(name)).mapToInt(Math::toIntExact).toArray();
    }

    /** One of the n equal parts that a tensor has along its first side. */
    public static float[] floats(String name, int index) {
        float[] all = floats(name);
        int size = all.length / Math.toIntExact(PARTS.tensor(name).shape()[0]);
        return Arrays.copyOfRange(all, index * size, (index + 1) * size);
    }

    /** Holds numbers against others, by the norm of their difference. */
    public static void assertClose(String what, float[] found, float[] expected, double relative) {
        assertThat(found).as(what).hasSameSizeAs(expected);
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < found.length; i++) {
            difference += Math.pow((double) found[i] - expected[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        assertThat(Math.sqrt(difference / norm))
                .as("%s: relative difference", what)
                .isLessThan(relative);
    }
}
