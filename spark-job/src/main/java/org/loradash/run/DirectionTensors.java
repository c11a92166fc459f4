package org.loradash.run;

import java.util.Arrays;
import java.util.List;
import org.loradash.adapter.Directions;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;
import org.loradash.tsd.io.NamedTensor;
import org.loradash.tsd.io.TensorFile;

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

    static Directions read(TensorFile file, String target) {
        return new Directions(
                integers(file, target + INDICES), file.readFloats(target + ".u"), file.readFloats(target + ".v"));
    }

    /**
     * The indices of a target's directions.
     *
     * @param size they are below it
     */
    static int[] indices(TensorFile file, String target, int size) {
        return checked(file, target + INDICES, size);
    }

    /** @throws InvalidInput where they are not different indices below a number */
    static int[] integers(TensorFile file, String name) {
        return checked(file, name, Integer.MAX_VALUE);
    }

    private static int[] checked(TensorFile file, String tensor, int size) {
        long[] indices = file.readLongs(tensor);
        boolean within = Arrays.stream(indices).allMatch(index -> index >= 0 && index < size);
        if (!within || Arrays.stream(indices).distinct().count() != indices.length) {
            throw InvalidInput.of(
                    file.path() + ": " + Message.oneLine(tensor),
                    Message.oneLine(Arrays.toString(indices)),
                    "must be different indices below " + size);
        }
        return Arrays.stream(indices).mapToInt(Math::toIntExact).toArray();
    }
}
