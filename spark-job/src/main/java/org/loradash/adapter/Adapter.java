package org.loradash.adapter;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.loradash.model.Target;
import org.loradash.model.WholeModule;
import org.loradash.model.WholeTensor;

/**
 * What a run trains: a method on a list of targets, and where each target's parameters lie in the flat vector.
 *
 * @param method its name
 * @param scale alpha / rank
 * @param triplets of each target's weight, by name, from which the method starts; empty where it needs none, or before
 *     they are known
 * @param modules that are trained whole beside the targets
 * @param directions of each target, by name; empty before the boundary
 */
public record Adapter(
        String method,
        int rank,
        double scale,
        List<Target> targets,
        Map<String, SingularTriplets> triplets,
        List<WholeModule> modules,
        Map<String, Directions> directions)
        implements Serializable {

    /** Part [from, to) of the flat vector. */
    public record Range(int from, int to) implements Serializable {
        public int size() {
            return to - from;
        }
    }

    public Adapter {
        targets = List.copyOf(targets);
        modules = List.copyOf(modules);
        triplets = Collections.unmodifiableMap(new LinkedHashMap<>(triplets));
        directions = Collections.unmodifiableMap(new LinkedHashMap<>(directions));
        if (!directions.isEmpty() && directions.size() != targets.size()) {
            throw new IllegalArgumentException("directions of %d targets (must be of all %d, or of none)"
                    .formatted(directions.size(), targets.size()));
        }
    }

    /** An adapter of a method that needs no triplets, or whose triplets are not known yet. */
    public Adapter(String method, int rank, double scale, List<Target> targets, Map<String, Directions> directions) {
        this(method, rank, scale, targets, Map.of(), List.of(), directions);
    }

    public Method adaptation() {
        return Method.named(method);
    }

    /** The same adapter with the triplets that its method starts from. */
    public Adapter withTriplets(Map<String, SingularTriplets> found) {
        return new Adapter(method, rank, scale, targets, found, modules, directions);
    }

    /** The same adapter with modules that are trained whole. */
    public Adapter withModules(List<WholeModule> whole) {
        return new Adapter(method, rank, scale, targets, triplets, whole, directions);
    }

    /** The same adapter in its sprint: every target with its chosen directions. */
    public Adapter withDirections(Map<String, Directions> chosen) {
        return new Adapter(method, rank, scale, targets, triplets, modules, chosen);
    }

    /** The method on one target. */
    public TargetMethod on(Target target) {
        SingularTriplets known = triplets.get(target.name());
        if (adaptation().startsFrom().isPresent() && known == null) {
            throw new IllegalStateException("no singular triplets of " + target.name() + " for " + method);
        }
        return adaptation().on(target, rank, scale, known);
    }

    /** Where each target's factors lie, in the order of targets. */
    public List<Range> factorRanges() {
        List<Range> ranges = new ArrayList<>();
        int from = 0;
        for (Target target : targets) {
            int to = Math.toIntExact(from + adaptation().parameters(target, rank));
            ranges.add(new Range(from, to));
            from = to;
        }
        return ranges;
    }

    /** Every tensor of the modules that are trained whole: matrices first, then vectors, which have no weight decay. */
    public List<WholeTensor> wholeTensors() {
        return modules.stream()
                .flatMap(module -> module.tensors().stream())
                .sorted(Comparator.comparing(WholeTensor::isVector))
                .toList();
    }

    /** Where each of these tensors lies, in their order: behind the factors. */
    public List<Range> wholeRanges() {
        List<Range> ranges = new ArrayList<>();
        int from = factorParameters();
        for (WholeTensor tensor : wholeTensors()) {
            int to = Math.addExact(from, tensor.elements());
            ranges.add(new Range(from, to));
            from = to;
        }
        return ranges;
    }

    /** Where each target's coordinates lie, in the order of targets: behind all else; empty before the boundary. */
    public List<Range> coordinateRanges() {
        List<Range> ranges = new ArrayList<>();
        int from = factorParameters() + wholeParameters();
        for (Target target : targets) {
            Directions chosen = directions.get(target.name());
            if (chosen != null) {
                ranges.add(new Range(from, from + chosen.count()));
                from += chosen.count();
            }
        }
        return ranges;
    }

    /**
     * The flat vector cut in pieces to be averaged apart: one for each block of the model, one for each tensor that is trained
     * whole, one for all coordinates.
     */
    public List<Range> pieces() {
        List<Range> ranges = factorRanges();
        List<Range> pieces = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < targets.size(); i++) {
            boolean last = i + 1 == targets.size()
                    || targets.get(i + 1).layer() != targets.get(i).layer();
            if (last) {
                pieces.add(new Range(from, ranges.get(i).to()));
                from = ranges.get(i).to();
            }
        }
        pieces.addAll(wholeRanges());
        if (coordinateParameters() > 0) {
            pieces.add(new Range(parameters() - coordinateParameters(), parameters()));
        }
        return pieces;
    }

    public int factorParameters() {
        List<Range> ranges = factorRanges();
        return ranges.get(ranges.size() - 1).to();
    }

    public int wholeParameters() {
        return wholeTensors().stream().mapToInt(WholeTensor::elements).reduce(0, Math::addExact);
    }

    public int coordinateParameters() {
        return directions.values().stream().mapToInt(Directions::count).sum();
    }

    /** All trainable parameters. */
    public int parameters() {
        return Math.addExact(Math.addExact(factorParameters(), wholeParameters()), coordinateParameters());
    }

    /** The rank of a target's change: the method's, and one for each direction. */
    public int changeRank(Target target) {
        Directions chosen = directions.get(target.name());
        return adaptation().changeRank(rank) + (chosen == null ? 0 : chosen.count());
    }

    /** The factors at step 0: each target draws from a stream of its own, so that adding a target changes no other. */
    public float[] start(long seed) {
        float[] parameters = new float[factorParameters()];
        List<Range> ranges = factorRanges();
        for (int i = 0; i < targets.size(); i++) {
            Target target = targets.get(i);
            on(target)
                    .start(
                            random(seed, target.name()),
                            parameters,
                            ranges.get(i).from());
        }
        return parameters;
    }

    /** The random numbers of one target or tensor, a function of the seed and its name. */
    public static RandomGenerator random(long seed, String name) {
        return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + name.hashCode());
    }
}
