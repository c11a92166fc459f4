package org.loradash.run;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.loradash.adapter.Adapter;
import org.loradash.adapter.Directions;
import org.loradash.model.Target;
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
     * @param steps of the whole run
     */
    public static void check(Path run, Checkpoints.Saved saved, Adapter adapter, int steps) {
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
        boolean coordinates = state.coordinatesFrom() != TrainingState.NO_COORDINATES;
        if (coordinates == saved.directions().isEmpty() || state.coordinatesFrom() > state.step()) {
            throw InvalidInput.of(
                    where,
                    "coordinates from step " + state.coordinatesFrom(),
                    "must be from the boundary, with its directions");
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
