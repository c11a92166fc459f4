package org.loradash.run;

import java.util.Arrays;
import java.util.List;
import org.loradash.adapter.Directions;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.SafetensorsFile;

/** Directions as tensors: {@code TARGET.directions}, {@code TARGET.u} (outputs x s) and {@code TARGET.v} (s x inputs). */
final class DirectionTensors {
    static final String INDICES = ".directions";

    private DirectionTensors() {}

    static List<NamedTensor> of(String target, Directions directions) {
        int count = directions.count();
        return List.of(
                indices(target, directions.indices()),
                NamedTensor.of(target + ".u", directions.u(), directions.u().length / count, count),
                NamedTensor.of(target + ".v", directions.v(), count, directions.v().length / count));
    }

    static NamedTensor indices(String target, int[] indices) {
        return NamedTensor.of(
                target + INDICES, Arrays.stream(indices).asLongStream().toArray(), indices.length);
    }

    static Directions read(SafetensorsFile file, String target) {
        return new Directions(
                integers(file, target + INDICES), file.readFloats(target + ".u"), file.readFloats(target + ".v"));
    }

    static int[] integers(SafetensorsFile file, String name) {
        return Arrays.stream(file.readLongs(name)).mapToInt(Math::toIntExact).toArray();
    }
}
