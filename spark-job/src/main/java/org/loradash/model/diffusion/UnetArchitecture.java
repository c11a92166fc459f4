package org.loradash.model.diffusion;

import com.fasterxml.jackson.databind.JsonNode;
import org.loradash.model.Architecture;
import org.loradash.model.ConfigJson;
import org.loradash.model.Shape;

/** SDXL's U-Net (arXiv 2307.01952), of a pipeline of diffusers. */
public final class UnetArchitecture implements Architecture {
    static final String NAME = "UNet2DConditionModel";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean reads(JsonNode config) {
        return config.path("_class_name").asText().equals(NAME);
    }

    @Override
    public Shape shape(JsonNode config, String where) {
        return new UnetShape(UnetConfig.of(new ConfigJson(config, where)));
    }
}
