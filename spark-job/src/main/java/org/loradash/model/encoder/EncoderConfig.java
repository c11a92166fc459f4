package org.loradash.model.encoder;

import java.util.List;
import java.util.Optional;
import org.loradash.autograd.RelativePositions;
import org.loradash.kernel.operation.Activation;

/**
 * What encoders differ in.
 *
 * @param names of the layers
 * @param vocabularySize how many tokens it knows
 * @param activation between the two layers of a block's feed-forward
 * @param positions rows of the position embedding; 0 where there is none
 * @param firstPosition the row of a text's first token
 * @param longest the most tokens of a text
 * @param types rows of the token type embedding; 0 where there is none
 * @param relative how distances enter attention; nothing where they do not
 * @param poolerActivation behind the head's first layer
 * @param initialRange standard deviation of weights that begin at random
 * @param labels names of the head's outputs, as the config has them; nothing where it has no head
 */
public record EncoderConfig(
        EncoderNames names,
        int vocabularySize,
        int hiddenSize,
        int intermediateSize,
        int layers,
        int heads,
        Activation activation,
        float normEpsilon,
        int positions,
        int firstPosition,
        int longest,
        int types,
        Optional<Relative> relative,
        Activation poolerActivation,
        double initialRange,
        Optional<List<String>> labels) {

    /**
     * Disentangled attention (arXiv 2006.03654, 2111.09543).
     *
     * @param positions which embedding a distance has
     * @param keys whether queries meet embeddings of distances ("c2p"), and queries whether keys do ("p2c")
     * @param shared whether these go through the layers of queries and keys, or through layers of their own
     * @param normed whether they are normed
     */
    public record Relative(
            RelativePositions positions, boolean keys, boolean queries, boolean shared, boolean normed) {}
}
