package org.loradash.run;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.Directions;
import org.loradash.config.ValidationSettings;
import org.loradash.model.Target;
import org.loradash.train.BestState;
import org.loradash.train.Group;
import org.loradash.train.TrainingState;
import org.loradash.tsd.InvalidInput;

/** What a whole checkpoint must be for a run to go on from it: its name proves its bytes, and not who made them. */
public final class Restart {
    private Restart() {}

    /**
     * Refuses a checkpoint of something else than the run.
     *
     * @param run its directory, for messages
     * @param adapter before the boundary
     * @param before what its parameters consist of
     * @param steps of the whole run
     * @param validation of the run, which decides whether the best state is kept
     */
    public static void check(
            Path run,
            Checkpoints.Saved saved,
            Adapter adapter,
            List<Group> before,
            int steps,
            ValidationSettings validation) {
        TrainingState state = saved.state();
        String where = new Path(run, "checkpoints") + ": that of step " + state.step();
        if (state.step() > steps) {
            throw InvalidInput.of(where, "a later step than the last", "must be at most " + steps);
        }
        checkDirections(where, saved.directions(), adapter);
        int parameters =
                (saved.directions().isEmpty() ? adapter : adapter.withDirections(saved.directions())).parameters();
        if (state.parameters().length != parameters) {
            throw InvalidInput.of(
                    where,
                    state.parameters().length + " parameters",
                    "must be " + parameters + ", the run's adapter's");
        }
        checkGroups(where, saved, before);
        checkBest(where, saved, adapter, validation);
    }

    /** Before the boundary the run's own groups, after it one more. */
    private static void checkGroups(String where, Checkpoints.Saved saved, List<Group> before) {
        List<Group> groups = saved.state().groups();
        int more = groups.size() - before.size();
        boolean begin = more >= 0 && groups.subList(0, before.size()).equals(before);
        boolean started = groups.stream()
                .allMatch(group -> group.firstStep() <= saved.state().step());
        if (!begin || !started || more != (saved.directions().isEmpty() ? 0 : 1)) {
            throw InvalidInput.of(
                    where,
                    "groups " + groups.stream().map(Group::name).toList(),
                    "must be those of the run, and coordinates from the boundary on, with its directions");
        }
    }

    private static void checkBest(
            String where, Checkpoints.Saved saved, Adapter adapter, ValidationSettings validation) {
        BestState best = saved.best();
        if (best.step() > saved.state().step() || best.isPresent() && !validation.on()) {
            throw InvalidInput.of(
                    where, "the best state of step " + best.step(), "must be a step of the run that it measured");
        }
        int parameters = best.parameters().length;
        boolean ofPreLaunch = parameters == adapter.parameters();
        boolean kept = ofPreLaunch || parameters == saved.state().parameters().length;
        boolean toBeKept = best.isPresent() && validation.keepsBest();
        if (toBeKept ? !kept : parameters > 0) {
            throw InvalidInput.of(
                    where,
                    "the best state of " + parameters + " parameters",
                    toBeKept ? "must be of as many as the run's adapter" : "must be of none, where it is not kept");
        }
    }

    private static void checkDirections(String where, Map<String, Directions> directions, Adapter adapter) {
        Set<String> names = adapter.targets().stream().map(Target::name).collect(Collectors.toSet());
        if (!directions.isEmpty() && !directions.keySet().equals(names)) {
            throw InvalidInput.of(
                    where, "directions of " + directions.size() + " targets", "must be of the run's " + names.size());
        }
        for (Target target : adapter.targets()) {
            Directions of = directions.get(target.name());
            if (of != null && !fit(of, target)) {
                throw InvalidInput.of(
                        where, "directions of " + target.name(), "must be some of its " + target.directions());
            }
        }
    }

    private static boolean fit(Directions directions, Target target) {
        int count = directions.count();
        boolean within = count > 0;
        for (int index : directions.indices()) {
            within &= index < target.directions();
        }
        return within
                && directions.u().length == (long) target.outputs() * count
                && directions.v().length == (long) count * target.inputs();
    }
}
