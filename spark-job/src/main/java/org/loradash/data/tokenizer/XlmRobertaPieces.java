package org.loradash.data.tokenizer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.loradash.data.tokenizer.SentencePieceModel.Piece;

/** SentencePiece with a unigram model, as XLM-R has it in sentencepiece.bpe.model, with fairseq's numbers. */
final class XlmRobertaPieces {
    private static final String FILE = "sentencepiece.bpe.model";

    /** The first pieces of the file are its unknown token, beginning and end; fairseq has its own. */
    private static final int OWN = 3;

    private static final int UNKNOWN = 3;

    private XlmRobertaPieces() {}

    /** As {@code XLMRobertaTokenizer} of transformers makes it. */
    static ObjectNode json(TokenizerDirectory directory) throws IOException {
        SentencePieceModel read = SentencePieceModel.readUnigram(directory, FILE);
        List<Piece> pieces = new ArrayList<>();
        for (String role : List.of("bos_token", "pad_token", "eos_token", "unk_token")) {
            pieces.add(Piece.special(SpecialTokens.ROBERTA.get(role)));
        }
        pieces.addAll(read.pieces()
                .subList(Math.min(OWN, read.pieces().size()), read.pieces().size()));
        pieces.add(Piece.special(SpecialTokens.ROBERTA.get("mask_token")));
        Map<String, Integer> ids = SentencePieceModel.ids(pieces);
        SpecialTokens special = SpecialTokens.read(directory, ids, pieces.size(), SpecialTokens.ROBERTA, read.whole());
        ObjectNode json = TokenizerDirectory.template(
                """
                {
                  "version": "1.0",
                  "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                    {"type": "WhitespaceSplit"},
                    {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true}]},
                  "decoder": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true}
                }
                """);
        read.characters().ifPresent(characters -> json.set("normalizer", characters));
        json.set("model", SentencePieceModel.unigram(pieces, UNKNOWN, false));
        json.set("added_tokens", special.added());
        json.set("post_processor", special.around("bos_token", "eos_token", true, 0));
        return json;
    }
}
