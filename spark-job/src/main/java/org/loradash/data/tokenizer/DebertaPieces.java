package org.loradash.data.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/** SentencePiece with a unigram model, as DeBERTaV2 and V3 have it in spm.model. */
final class DebertaPieces {
    private static final String FILE = "spm.model";

    private DebertaPieces() {}

    /** As {@code DebertaV2Converter} of transformers makes it. */
    static ObjectNode json(TokenizerDirectory directory) throws IOException {
        SentencePieceModel pieces = SentencePieceModel.readUnigram(directory, FILE);
        SpecialTokens special =
                SpecialTokens.read(directory, pieces.ids(), pieces.pieces().size(), SpecialTokens.BERT, pieces.whole());
        ObjectNode json = TokenizerDirectory.template(
                """
                {
                  "version": "1.0",
                  "normalizer": {"type": "Sequence"},
                  "pre_tokenizer": {"type": "Sequence"},
                  "decoder": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true}
                }
                """);
        ArrayNode normalizers = json.withObject("/normalizer").putArray("normalizers");
        if (directory.flag("do_lower_case", false)) {
            normalizers.addObject().put("type", "Lowercase");
        }
        normalizers.addObject().put("type", "Strip").put("strip_left", true).put("strip_right", true);
        pieces.characters().ifPresent(normalizers::add);
        normalizers
                .addObject()
                .put("type", "Replace")
                .put("content", " ")
                .putObject("pattern")
                .put("Regex", " {2,}");
        ArrayNode splits = json.withObject("/pre_tokenizer").putArray("pretokenizers");
        if (directory.flag("split_by_punct", false)) {
            splits.addObject().put("type", "Punctuation").put("behavior", "Isolated");
        }
        splits.add(json.get("decoder").deepCopy());
        json.set("model", SentencePieceModel.unigram(pieces.pieces(), pieces.unknown(), false));
        json.set("added_tokens", special.added());
        json.set("post_processor", special.around("cls_token", "sep_token", false, 1));
        return json;
    }
}
