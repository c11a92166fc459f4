package org.loradash.model.decoder;

import java.util.List;
import java.util.Optional;
import org.loradash.autograd.Attention;
import org.loradash.kernel.operation.Activation;

/**
 * What decoders differ in.
 *
 * @param headWidth of queries, keys and values
 * @param layers what the attention of each block is
 * @param activation of the feed-forward's gate
 * @param logitCap c, where logits x become c tanh(x / c); infinite where they stay
 * @param maximumPositions the longest sequence that the model was made for, in tokens
 * @param tiedEmbeddings whether the output layer is the embedding
 */
public record DecoderConfig(
        int vocabularySize,
        int hiddenSize,
        int intermediateSize,
        int headWidth,
        List<Layer> layers,
        Norms norms,
        Biases biases,
        Projections projections,
        Activation activation,
        Multipliers multipliers,
        float logitCap,
        int maximumPositions,
        boolean tiedEmbeddings) {

    /** The parts that are read together. */
    public DecoderConfig(
            Sizes sizes,
            int headWidth,
            List<Layer> layers,
            Norms norms,
            Biases biases,
            Projections projections,
            Activation activation,
            Multipliers multipliers,
            float logitCap,
            boolean tiedEmbeddings) {
        this(
                sizes.vocabulary(),
                sizes.hidden(),
                sizes.intermediate(),
                headWidth,
                layers,
                norms,
                biases,
                projections,
                activation,
                multipliers,
                logitCap,
                sizes.positions(),
                tiedEmbeddings);
    }

    /** @param positions the longest sequence that the model was made for, in tokens */
    public record Sizes(int vocabulary, int hidden, int intermediate, int positions) {}

    /**
     * A block's attention.
     *
     * @param rotation what its queries and keys turn by; nothing where positions do not turn them
     */
    public record Layer(Attention.Heads heads, Optional<Rotation> rotation) {}

    /**
     * The root mean square norms.
     *
     * @param offset what is added to a norm's weight before it is multiplied by
     */
    public record Norms(Place place, OfHeads ofHeads, float epsilon, float offset) {
        /** LLaMA's. */
        public static Norms before(float epsilon) {
            return new Norms(Place.BEFORE, OfHeads.NONE, epsilon, 0);
        }

        /** Where a block's attention and its feed-forward are normed. */
        public enum Place {
            /** What goes in. */
            BEFORE,
            /** What comes out, before it is added to the stream. */
            AFTER,
            /** Both. */
            AROUND
        }

        /** Which queries and keys are normed before they turn. */
        public enum OfHeads {
            NONE,
            /** Each head by itself, by one weight for all of them. */
            EACH,
            /** All heads as one. */
            TOGETHER
        }
    }

    /** Which layers have a bias. */
    public record Biases(boolean queryKeyValue, boolean output, boolean feedForward) {
        public static final Biases NONE = new Biases(false, false, false);

        /** All of a block's attention, all of its feed-forward. */
        public static Biases of(boolean attention, boolean feedForward) {
            return new Biases(attention, attention, feedForward);
        }
    }

    /** Whether layers that share their input are layers of their own. */
    public enum Projections {
        SEPARATE,
        /** One layer of queries, keys and values, one of gate and up. */
        FUSED
    }

    /**
     * What is multiplied on the way.
     *
     * @param residual of what a block's attention and its feed-forward add to the stream
     */
    public record Multipliers(float embedding, float residual, float logits) {
        public static final Multipliers NONE = new Multipliers(1, 1, 1);
    }

    /** Heads of queries. */
    public int heads() {
        return layers.get(0).heads().heads();
    }

    /** Heads of keys and values. */
    public int keyHeads() {
        return layers.get(0).heads().keyHeads();
    }

    /** The same with an output layer of its own. */
    DecoderConfig untied() {
        return new DecoderConfig(
                vocabularySize,
                hiddenSize,
                intermediateSize,
                headWidth,
                layers,
                norms,
                biases,
                projections,
                activation,
                multipliers,
                logitCap,
                maximumPositions,
                false);
    }
}
