package org.loradash.config;

import static org.loradash.config.ValueType.BILLION;
import static org.loradash.config.ValueType.MILLION;
import static org.loradash.config.ValueType.whole;

import java.util.List;

/**
 * When a run writes what it can be resumed from.
 *
 * @param everyRounds rounds between checkpoints; 0 for none but those at the boundary and at the end
 * @param keep how many checkpoints remain
 */
public record CheckpointSettings(int everyRounds, int keep) {
    static final Key<Integer> EVERY_ROUNDS = Key.of(
            "checkpoint.every-rounds",
            whole(0, BILLION),
            1,
            "rounds between checkpoints; 0: only at the boundary and the end",
            settings -> settings.checkpoint().everyRounds());

    static final Key<Integer> KEEP = Key.of(
            "checkpoint.keep", whole(1, MILLION), 2, "how many checkpoints remain", settings -> settings.checkpoint()
                    .keep());

    static final List<Key<?>> KEYS = List.of(EVERY_ROUNDS, KEEP);

    static CheckpointSettings of(Values given) {
        return new CheckpointSettings(given.value(EVERY_ROUNDS), given.value(KEEP));
    }
}
