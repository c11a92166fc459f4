package org.loradash.config;

import static org.loradash.config.ValueType.text;
import static org.loradash.config.ValueType.webAddress;

import java.util.List;
import java.util.Optional;

/**
 * Where a run is told to those who follow it from outside.
 *
 * @param server address of an MLflow tracking server; nothing where the run is told to nobody
 * @param experiment of MLflow that the run belongs to
 * @param runName the run's name in MLflow; nothing for that of its directory
 */
public record TrackingSettings(Optional<String> server, String experiment, Optional<String> runName) {
    /** Also what messages about the server begin with. */
    public static final Key<String> URI = Key.optional(
            "tracking.mlflow.uri",
            webAddress(),
            "MLflow's tracking server that is told of the run: settings, figures by step, and at the end its files",
            settings -> settings.tracking().server());

    static final Key<String> EXPERIMENT = Key.of(
            "tracking.mlflow.experiment",
            text("a name"),
            "lora-dash",
            "the experiment that the run belongs to; made where there is none",
            settings -> settings.tracking().experiment());

    static final Key<String> RUN_NAME = Key.optional(
            "tracking.mlflow.run-name",
            text("a name"),
            "the run's name there; if not given, that of its directory",
            settings -> settings.tracking().runName());

    static final List<Key<?>> KEYS = List.of(URI, EXPERIMENT, RUN_NAME);

    static TrackingSettings of(Values given) {
        return new TrackingSettings(given.optional(URI), given.value(EXPERIMENT), given.optional(RUN_NAME));
    }
}
