package org.loradash.model.encoder;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import org.loradash.kernel.operation.Activation;
import org.loradash.model.Architecture;
import org.loradash.model.Shape;

/** BERT (arXiv 1810.04805). MiniLM is one. */
public final class BertArchitecture implements Architecture {
    private static final EncoderNames NAMES =
            new EncoderNames("Bert", "bert", "query", "key", "value", "bert.pooler.dense", "classifier");

    @Override
    public String name() {
        return "BertForSequenceClassification";
    }

    @Override
    public boolean reads(JsonNode config) {
        return EncoderConfigReader.isOf(config, "bert", "Bert");
    }

    @Override
    public Shape shape(JsonNode config, String where) {
        EncoderConfigReader reader = new EncoderConfigReader(config, where);
        reader.refuseOthers();
        return reader.shape(
                NAMES,
                new EncoderConfigReader.Positions(true, 0),
                reader.json().positive("type_vocab_size", Optional.of(2)),
                1e-12,
                Optional.empty(),
                Activation.TANH);
    }
}
