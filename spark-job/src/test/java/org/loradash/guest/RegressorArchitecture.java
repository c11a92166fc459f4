package org.loradash.guest;

import com.fasterxml.jackson.databind.JsonNode;
import org.loradash.model.Architecture;
import org.loradash.model.Shape;
import org.loradash.tsd.InvalidInput;

/** A config of sizes: inputs, hidden, inner and narrow. */
public final class RegressorArchitecture implements Architecture {
    static final String NAME = "SkippingRegressor";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean reads(JsonNode config) {
        return config.path("architectures").path(0).asText().equals(name());
    }

    @Override
    public Shape shape(JsonNode config, String where) {
        return new RegressorShape(
                size(config, "inputs", where),
                size(config, "hidden", where),
                size(config, "inner", where),
                size(config, "narrow", where));
    }

    private static int size(JsonNode config, String key, String where) {
        int size = config.path(key).asInt();
        if (size < 1 || size > 1024) {
            throw InvalidInput.of(where + ": " + key, config.path(key), "must be from 1 to 1024");
        }
        return size;
    }
}
