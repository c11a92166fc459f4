package org.loradash.model.encoder;

/**
 * What a family of encoders calls its layers, as transformers' classes for sequence classification have them.
 *
 * @param family before the names of its classes
 * @param body before the names of everything but the head
 * @param query of an attention's layers; key and value likewise
 * @param pooler the head's first layer, from hidden to hidden
 * @param classifier the head's last layer
 */
record EncoderNames(
        String family, String body, String query, String key, String value, String pooler, String classifier) {

    /** The module, whole, in which the head's first layer lies: what PEFT's modules_to_save names. */
    String poolerModule() {
        return pooler.substring(0, pooler.lastIndexOf('.'));
    }

    String words() {
        return body + ".embeddings.word_embeddings.weight";
    }

    String positions() {
        return body + ".embeddings.position_embeddings.weight";
    }

    String types() {
        return body + ".embeddings.token_type_embeddings.weight";
    }

    String embeddingNorm() {
        return body + ".embeddings.LayerNorm";
    }

    String distances() {
        return body + ".encoder.rel_embeddings.weight";
    }

    String distanceNorm() {
        return body + ".encoder.LayerNorm";
    }

    /** The module that norms the sum of a block's input and its attention. */
    String attentionNorm(int layer) {
        return layer(layer, "attention.output.LayerNorm");
    }

    /** The module that norms the sum of that and its feed-forward. */
    String outputNorm(int layer) {
        return layer(layer, "output.LayerNorm");
    }

    String attention(int layer, String part) {
        return layer(layer, "attention.self." + part);
    }

    String layer(int layer, String part) {
        return body + ".encoder.layer." + layer + "." + part;
    }
}
