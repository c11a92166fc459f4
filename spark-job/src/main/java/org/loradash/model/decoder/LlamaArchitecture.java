package org.loradash.model.decoder;

import com.fasterxml.jackson.databind.JsonNode;
import org.loradash.model.Architecture;
import org.loradash.model.Shape;

/** LLaMA (arXiv 2302.13971) as transformers' LlamaForCausalLM lays it out. */
public final class LlamaArchitecture implements Architecture {
    @Override
    public String name() {
        return "LlamaForCausalLM";
    }

    @Override
    public boolean reads(JsonNode config) {
        JsonNode architectures = config.path("architectures");
        return architectures.isArray() && architectures.size() > 0
                ? architectures.get(0).asText().equals(name())
                : (architectures.isMissingNode() || architectures.isNull() || architectures.isArray())
                        && config.path("model_type").asText().equals("llama");
    }

    @Override
    public Shape shape(JsonNode config, String where) {
        return new DecoderShape(LlamaConfig.parse(config, where));
    }
}
