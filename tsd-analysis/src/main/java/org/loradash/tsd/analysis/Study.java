package org.loradash.tsd.analysis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.Secrets;
import org.loradash.tsd.cache.DecompositionCache;
import org.loradash.tsd.direction.CoreBasis;
import org.loradash.tsd.direction.CoreChange;
import org.loradash.tsd.direction.WeightUpdate;
import org.loradash.tsd.io.FileSystems;
import org.loradash.tsd.similarity.Similarity;
import org.loradash.tsd.source.BaseModel;
import org.loradash.tsd.source.ChangeSource;
import org.loradash.tsd.source.JobRun;
import org.loradash.tsd.source.Target;
import org.loradash.tsd.source.Task;

/**
 * Tasks' changes of one base model.
 *
 * @param base the model, W
 * @param tasks of different names
 * @param reference what counts as the true change, if anything does
 * @param parts what is to be found
 */
public record Study(
        BaseModel base,
        List<Task> tasks,
        Optional<Task> reference,
        Set<Part> parts,
        Options options,
        Configuration hadoop,
        Progress progress) {

    /** What can be found. */
    public enum Part {
        RATES,
        PREDICTION,
        SIMILARITY,
        AMPLIFICATION
    }

    /**
     * Refuses what does not fit, before anything is made or written.
     *
     * @throws InvalidInput where files do not fit one another, or decompositions cannot be kept where they should be
     */
    public void check() {
        checkedTargets();
        tasks.forEach(task -> task.run().ifPresent(JobRun::decompositions));
        options.cache().ifPresent(cache -> FileSystems.checkDirectory("--cache", cache, hadoop));
    }

    /**
     * Finds it: the long work.
     *
     * @throws InvalidInput where files do not fit one another, before any decomposition; or hold what is not a number
     */
    public Findings make() {
        List<Target> targets = checkedTargets();
        Decomposer decomposer = decomposer();
        List<TargetFindings> found =
                EachTarget.map(targets, options.threads(), progress, target -> find(target, decomposer));
        List<Predictions.At> predictions = new ArrayList<>();
        List<Amplifications.Of> amplifications = new ArrayList<>();
        for (Task task : tasks) {
            if (parts.contains(Part.PREDICTION)) {
                predictions.addAll(Predictions.of(task, found, options.cutoffs()));
            }
            if (parts.contains(Part.AMPLIFICATION)) {
                amplifications.addAll(Amplifications.of(task, found));
            }
        }
        return new Findings(
                settings(targets.size()),
                tasks.stream().map(Task::name).toList(),
                reference.map(Task::name),
                found,
                predictions,
                amplifications);
    }

    private List<Target> checkedTargets() {
        List<Target> chosen = base.targets(options.targets());
        sources().forEach(source -> source.check(base, chosen));
        List<Target> changed = chosen.stream().filter(this::matters).toList();
        if (changed.isEmpty()) {
            throw InvalidInput.of(
                    "--targets",
                    options.targets().isEmpty() ? "all" : String.join(", ", options.targets()),
                    "nothing there changes that is asked for; must be linear layers that the tasks change");
        }
        return changed;
    }

    private List<ChangeSource> sources() {
        List<ChangeSource> sources = new ArrayList<>();
        tasks.forEach(task -> sources.add(task.source()));
        reference.ifPresent(task -> sources.add(task.source()));
        return sources;
    }

    /** Rates are of what any task changes; a prediction needs the reference too, a comparison two tasks. */
    private boolean matters(Target target) {
        long changing =
                tasks.stream().filter(task -> task.source().changes(target)).count();
        boolean referred =
                reference.filter(task -> task.source().changes(target)).isPresent();
        return parts.contains(Part.RATES) && changing > 0
                || parts.contains(Part.AMPLIFICATION) && changing > 0
                || parts.contains(Part.PREDICTION) && changing > 0 && referred
                || parts.contains(Part.SIMILARITY) && changing > 1;
    }

    private Decomposer decomposer() {
        List<DecompositionCache> readable = new ArrayList<>();
        Optional<DecompositionCache> kept = options.cache().map(cache -> {
            progress.say("hashing the files of " + Secrets.hidden(base.path()) + " for the cache");
            return DecompositionCache.in(FileSystems.path(cache), base.hash());
        });
        kept.ifPresent(readable::add);
        for (Task task : tasks) {
            task.run()
                    .filter(run -> FileSystems.path(Secrets.hidden(run.model()))
                            .equals(FileSystems.path(Secrets.hidden(base.path()))))
                    .flatMap(JobRun::decompositions)
                    .filter(cache -> !readable.contains(cache))
                    .ifPresent(readable::add);
        }
        return new Decomposer(readable, kept, hadoop);
    }

    private TargetFindings find(Target target, Decomposer decomposer) {
        float[] weight = base.weight(target);
        Lazily basis = new Lazily(target, weight, decomposer);
        Map<String, CoreChange> changes = new LinkedHashMap<>();
        for (Task task : tasks) {
            change(task, target, weight, basis).ifPresent(change -> changes.put(task.name(), change));
        }
        Optional<CoreChange> truth = reference.flatMap(task -> change(task, target, weight, basis));
        List<TargetFindings.Pair> pairs = parts.contains(Part.SIMILARITY) ? pairs(changes, basis) : List.of();
        return new TargetFindings(target, basis.residual(), changes, truth, pairs);
    }

    private Optional<CoreChange> change(Task task, Target target, float[] weight, Lazily basis) {
        if (!task.source().changes(target)) {
            return Optional.empty();
        }
        WeightUpdate change = task.source().change(target, weight);
        if (change.isZero()) {
            return Optional.empty();
        }
        CoreChange found = basis.core().change(change, options.epsilon());
        for (float delta : found.deltaSigma()) {
            if (!Float.isFinite(delta)) {
                throw InvalidInput.of(
                        task.source().path() + ": " + target.name(), delta, "must hold finite numbers only");
            }
        }
        return Optional.of(found);
    }

    private List<TargetFindings.Pair> pairs(Map<String, CoreChange> changes, Lazily basis) {
        List<TargetFindings.Pair> pairs = new ArrayList<>();
        List<String> names = List.copyOf(changes.keySet());
        for (int i = 0; i < names.size(); i++) {
            for (int j = i + 1; j < names.size(); j++) {
                Similarity similarity = Similarity.of(
                        basis.core(),
                        changes.get(names.get(i)).directions(options.directions()),
                        changes.get(names.get(j)).directions(options.directions()));
                pairs.add(new TargetFindings.Pair(names.get(i), names.get(j), similarity));
            }
        }
        return pairs;
    }

    private Map<String, String> settings(int targets) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("model", Secrets.hidden(base.path()));
        tasks.forEach(task ->
                settings.put("task " + task.name(), Secrets.hidden(task.source().path())));
        reference.ifPresent(task -> settings.put(
                "reference " + task.name(), Secrets.hidden(task.source().path())));
        settings.put("matrices", String.valueOf(targets));
        settings.put("epsilon", String.valueOf(options.epsilon()));
        settings.put("directions listed and compared", String.valueOf(options.directions()));
        settings.put(
                "recall and accuracy",
                "%d recalled, %d predicted, %d accepted"
                        .formatted(
                                options.cutoffs().recalled(),
                                options.cutoffs().predicted(),
                                options.cutoffs().accepted()));
        for (Task task : tasks) {
            task.run().ifPresent(run -> run.settings()
                    .forEach((key, value) -> settings.put(task.name() + ": " + key, Secrets.hidden(value))));
        }
        return settings;
    }

    /** A target's core basis, decomposed when first asked for: what nobody changes costs nothing. */
    private static final class Lazily {
        private final Target target;
        private final float[] weight;
        private final Decomposer decomposer;
        private Decomposer.Decomposed decomposed;

        Lazily(Target target, float[] weight, Decomposer decomposer) {
            this.target = target;
            this.weight = weight;
            this.decomposer = decomposer;
        }

        CoreBasis core() {
            if (decomposed == null) {
                decomposed = decomposer.of(target, weight);
            }
            return new CoreBasis(decomposed.svd());
        }

        double residual() {
            return decomposed == null ? Double.NaN : decomposed.residual();
        }
    }
}
