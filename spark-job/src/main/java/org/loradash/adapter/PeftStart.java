package org.loradash.adapter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.loradash.model.Target;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.TargetName;
import org.loradash.tsd.io.Message;
import org.loradash.tsd.source.PeftConfig;
import org.loradash.tsd.source.PeftLora;

/**
 * What a run starts from, beside the model, where it goes on from an adapter.
 *
 * @param factors of all targets, as they lie in the flat vector
 * @param whole elements of tensors that are trained whole, by name; those that are given
 */
public record PeftStart(float[] factors, Map<String, float[]> whole) {
    public PeftStart {
        whole = Collections.unmodifiableMap(new LinkedHashMap<>(whole));
    }

    /**
     * The parameters of a LoRA adapter that PEFT or this project wrote, such that the run's first step computes what the adapter
     * does. One of patterns or of rsLoRA may have another rank and scale in each layer, which the run has not: B takes the
     * difference of the scales, and what lacks to the run's rank begins as it would without an adapter, as does a layer that the
     * adapter leaves out.
     *
     * @param seed of what begins so
     * @throws InvalidInput where the adapter is not there, damaged, or does not fit rank, scale, targets and modules
     */
    public static PeftStart read(FileSystem files, Path directory, Adapter adapter, long seed) {
        try {
            if (!files.exists(new Path(directory, PeftLora.CONFIG))) {
                throw InvalidInput.of(
                        "adapter.start-from", directory, "must be a PEFT adapter directory with " + PeftLora.CONFIG);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(directory.toString(), e);
        }
        try (PeftLora given = PeftLora.open(files, directory, directory.toString())) {
            checkScale(given, new Path(directory, PeftLora.CONFIG), adapter);
            return new PeftStart(factors(given, adapter, seed), whole(given, adapter));
        }
    }

    private static Map<String, float[]> whole(PeftLora given, Adapter adapter) {
        Map<String, long[]> shapes = PeftAdapter.shapesOfWhole(adapter.modules());
        Map<String, float[]> whole = new LinkedHashMap<>();
        for (String name : given.whole().keySet()) {
            if (!shapes.containsKey(name)) {
                throw InvalidInput.of(
                        given.file().toString(),
                        "tensor " + Message.oneLine(name),
                        "must be of a module that task.train names, or it would be lost");
            }
            given.checkWhole(name, shapes.get(name));
            whole.put(name, given.whole(name));
        }
        PeftAdapter.checkSaved(given, adapter.modules());
        return whole;
    }

    private static float[] factors(PeftLora given, Adapter adapter, long seed) {
        List<String> names = adapter.targets().stream().map(Target::name).toList();
        given.modules().stream()
                .filter(module -> !names.contains(module))
                .findFirst()
                .ifPresent(module -> {
                    throw InvalidInput.of(
                            given.file().toString(),
                            "tensor " + Message.oneLine(PeftLora.PREFIX + module + PeftLora.A),
                            "must belong to one of adapter.targets, or it would be lost");
                });
        Set<String> kinds = given.modules().stream()
                .map(module -> new TargetName(module).kind())
                .collect(Collectors.toSet());
        float[] parameters = adapter.start(seed);
        for (int i = 0; i < adapter.targets().size(); i++) {
            Target target = adapter.targets().get(i);
            boolean leftOut = !given.modules().contains(target.name())
                    && kinds.contains(target.kind())
                    && !given.config().names(target.name());
            if (!leftOut) {
                copy(
                        given,
                        adapter,
                        target,
                        parameters,
                        adapter.factorRanges().get(i).from());
            }
        }
        return parameters;
    }

    /** A's first rows and B's first columns; B is zero elsewhere. */
    private static void copy(PeftLora given, Adapter adapter, Target target, float[] parameters, int from) {
        int rank = given.config().rankOf(target.name());
        String why = "for adapter.rank and the model's shape";
        float[] a = given.a(target.name(), why, rank, target.inputs());
        float[] b = given.b(target.name(), why, target.outputs(), rank);
        System.arraycopy(a, 0, parameters, from, a.length);
        int ofB = from + adapter.rank() * target.inputs();
        double scale = given.config().isOfOneScale() ? 1 : given.config().scaleOf(target.name()) / adapter.scale();
        for (int row = 0; row < target.outputs(); row++) {
            for (int column = 0; column < rank; column++) {
                float scaled = (float) (b[row * rank + column] * scale);
                if (!Float.isFinite(scaled)) {
                    throw InvalidInput.of(
                            given.path() + ": scale of " + target.name(),
                            given.config().scaleOf(target.name()),
                            "must be a number by which B stays finite");
                }
                parameters[ofB + row * adapter.rank() + column] = scaled;
            }
        }
    }

    /** One rank and scale for all targets are those that adapter.rank and adapter.alpha say; of several none is larger in rank. */
    private static void checkScale(PeftLora given, Path file, Adapter adapter) {
        PeftConfig config = given.config();
        for (Target target : adapter.targets()) {
            int rank = config.rankOf(target.name());
            boolean fits = config.isOfOneScale() ? rank == adapter.rank() : rank <= adapter.rank();
            if (!fits && (config.isOfOneScale() || given.modules().contains(target.name()))) {
                throw InvalidInput.of(
                        file + ": r of " + target.name(),
                        rank,
                        "must be " + (config.isOfOneScale() ? "" : "at most ") + adapter.rank()
                                + ", as adapter.rank says");
            }
            double alpha = config.scaleOf(target.name()) * rank;
            double expected = adapter.scale() * adapter.rank();
            if (config.isOfOneScale() && !(Math.abs(alpha - expected) <= 1e-9 * expected)) {
                throw InvalidInput.of(
                        file + ": lora_alpha of " + target.name(),
                        alpha,
                        "must be " + expected + ", as adapter.alpha says");
            }
        }
    }
}
