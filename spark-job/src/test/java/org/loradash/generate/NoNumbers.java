package org.loradash.generate;

import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.loradash.Fixtures;
import org.loradash.config.ModelSettings.Storage;
import org.loradash.kernel.Tensor;
import org.loradash.model.Architectures;
import org.loradash.model.WeightFiles;
import org.loradash.model.decoder.Decoder;
import org.loradash.model.decoder.DecoderShape;
import org.loradash.model.decoder.DecoderWeights;
import org.loradash.tsd.io.TensorDirectory;

/** A model whose logits are NaN: what may come of finite weights that overflow as they are multiplied. */
public final class NoNumbers {
    private static final String MODEL = "tiny-llama/model";

    private NoNumbers() {}

    public static Decoder model() {
        DecoderShape shape = DecoderShape.of(
                Architectures.shape(new Configuration(), Fixtures.path(MODEL).toString()));
        try (TensorDirectory files = TensorDirectory.open(Fixtures.localFiles(), Fixtures.hadoopPath(MODEL))) {
            DecoderWeights weights = DecoderWeights.read(shape.config(), new WeightFiles(files, Storage.FLOAT32));
            float[] norm = new float[shape.config().hiddenSize()];
            Arrays.fill(norm, Float.NaN);
            return new Decoder(
                    shape,
                    new DecoderWeights(
                            weights.embedding(), weights.layers(), Tensor.of(1, norm.length, norm), weights.head()));
        }
    }
}
