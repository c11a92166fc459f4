package org.loradash.config;

import com.typesafe.config.ConfigFactory;

/** Settings as a configuration of a few keys gives them, with defaults for all that a test does not name. */
public final class GivenSettings {
    private static final String NEEDED =
            "run.output = run\nmodel.path = model\ndata.train = train\ntraining.steps = 12\n";

    private GivenSettings() {}

    /** @param lines of HOCON, for example {@code data.cutoff = 4} */
    public static Settings of(String... lines) {
        return Settings.of(GivenValues.of("given", ConfigFactory.parseString(NEEDED + String.join("\n", lines))));
    }
}
