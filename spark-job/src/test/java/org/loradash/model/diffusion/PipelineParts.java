package org.loradash.model.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.loradash.Fixtures;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.model.ModelDirectory;
import org.loradash.tsd.io.TensorFile;

/** A small pipeline, and what its stages give by diffusers in double precision. */
public final class PipelineParts {
    /** The one among the test data. */
    public static final PipelineParts SMALL = new PipelineParts(Fixtures.path("golden/sdxl-tiny"));

    private final Path fixture;
    private final TensorFile parts;

    public PipelineParts(Path fixture) {
        this.fixture = fixture;
        this.parts = TensorFile.open(
                Fixtures.localFiles(),
                new org.apache.hadoop.fs.Path(
                        fixture.resolve("parts.safetensors").toUri()));
    }

    public org.apache.hadoop.fs.Path path(String name) {
        return new org.apache.hadoop.fs.Path(fixture.resolve(name).toUri());
    }

    public PipelineDirectory pipeline() {
        return PipelineDirectory.open(new Configuration(), path("model").toString());
    }

    public Unet unet() {
        return (Unet) ModelDirectory.open(new Configuration(), path("model").toString())
                .load(Storage.FLOAT32);
    }

    /** What parts.json says. */
    public JsonNode told(String key) {
        return Fixtures.json(fixture.resolve("parts.json")).path(key);
    }

    public float[] floats(String name) {
        return parts.readFloats(name);
    }

    public int[] ints(String name) {
        return Arrays.stream(parts.readLongs(name)).mapToInt(Math::toIntExact).toArray();
    }

    /** One of the sides of a tensor. */
    public int side(String name, int number) {
        return Math.toIntExact(parts.tensor(name).shape()[number]);
    }

    /** One of the n equal parts that a tensor has along its first side. */
    public float[] floats(String name, int index) {
        float[] all = floats(name);
        int size = all.length / side(name, 0);
        return Arrays.copyOfRange(all, index * size, (index + 1) * size);
    }

    /** A picture's colours, from one plane behind the other to those of a place together. */
    public static float[] interleaved(float[] planes) {
        int places = planes.length / 3;
        float[] interleaved = new float[planes.length];
        for (int i = 0; i < planes.length; i++) {
            interleaved[i % places * 3 + i / places] = planes[i];
        }
        return interleaved;
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
