package org.loradash.config;

import static org.loradash.config.ValueType.text;
import static org.loradash.config.ValueType.whole;

import java.util.List;

/**
 * Where a run lies, and how it is claimed.
 *
 * @param output the run's directory, any Hadoop URI
 * @param claimSeconds how long a driver may give no sign of life before another one takes the directory over
 */
public record RunSettings(String output, int claimSeconds) {
    private static final int DAY = 86_400;

    static final Key<String> OUTPUT =
            Key.required("run.output", text("a path"), "the run's directory", settings -> settings.run()
                    .output());

    static final Key<Integer> CLAIM_SECONDS = Key.of(
            "run.claim-seconds",
            whole(1, DAY),
            60,
            "a run started again after its driver was killed waits until that driver has given no sign of life for so"
                    + " long; while it lives, a second one is refused",
            settings -> settings.run().claimSeconds());

    static final List<Key<?>> KEYS = List.of(OUTPUT, CLAIM_SECONDS);

    static RunSettings of(Values given) {
        return new RunSettings(given.value(OUTPUT), given.value(CLAIM_SECONDS));
    }
}
