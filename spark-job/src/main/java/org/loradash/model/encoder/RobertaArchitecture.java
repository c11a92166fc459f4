package org.loradash.model.encoder;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import org.loradash.kernel.operation.Activation;
import org.loradash.model.Architecture;
import org.loradash.model.Shape;

/** RoBERTa (arXiv 1907.11692) and XLM-R (arXiv 1911.02116), whose positions begin behind the padding token's number. */
public final class RobertaArchitecture implements Architecture {
    @Override
    public String name() {
        return "RobertaForSequenceClassification";
    }

    @Override
    public boolean reads(JsonNode config) {
        return EncoderConfigReader.isOf(config, "roberta", "Roberta")
                || EncoderConfigReader.isOf(config, "xlm-roberta", "XLMRoberta");
    }

    @Override
    public Shape shape(JsonNode config, String where) {
        EncoderConfigReader reader = new EncoderConfigReader(config, where);
        reader.refuseOthers();
        int first = reader.json().whole("pad_token_id", 0, Optional.of(1)) + 1;
        return reader.shape(
                names(config),
                new EncoderConfigReader.Positions(true, first),
                reader.json().positive("type_vocab_size", Optional.of(2)),
                1e-12,
                Optional.empty(),
                Activation.TANH);
    }

    private static EncoderNames names(JsonNode config) {
        String family = EncoderConfigReader.isOf(config, "roberta", "Roberta") ? "Roberta" : "XLMRoberta";
        return new EncoderNames(family, "roberta", "query", "key", "value", "classifier.dense", "classifier.out_proj");
    }
}
