package org.loradash.model;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A kind of model: reads a config.json or leaves it to others. Architectures are services: a new one is a file, and a line in
 * META-INF/services/org.loradash.model.Architecture, in this project or in any jar beside it.
 */
public interface Architecture {
    /** How its configs name it, for messages, such as LlamaForCausalLM. */
    String name();

    /** Whether a config is one of this kind. */
    boolean reads(JsonNode config);

    /**
     * The model that a config describes.
     *
     * @param where names the file in errors
     * @throws org.loradash.tsd.InvalidInput for what is not allowed, and by name for what is not computed
     */
    Shape shape(JsonNode config, String where);
}
