package org.loradash.data.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Byte-pair encoding of bytes, as RoBERTa has it: ids in vocab.json, pairs to be merged in merges.txt, the first ones first. */
final class RobertaMerges {
    private static final String VOCABULARY = "vocab.json";
    private static final String MERGES = "merges.txt";

    private RobertaMerges() {}

    /** As {@code RobertaTokenizer} of transformers makes it. */
    static ObjectNode json(TokenizerDirectory directory) throws IOException {
        ObjectNode ids = directory.object(VOCABULARY, directory.bytes(VOCABULARY, TokenizerForm.LARGEST_VOCABULARY));
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        ids.fields().forEachRemaining(entry -> {
            if (!entry.getValue().isInt() || entry.getValue().intValue() < 0) {
                throw directory.mistake(
                        VOCABULARY, entry.getKey() + ": " + entry.getValue(), "must be a token's number");
            }
            vocabulary.put(entry.getKey(), entry.getValue().intValue());
        });
        SpecialTokens special =
                SpecialTokens.read(directory, vocabulary, vocabulary.size(), SpecialTokens.ROBERTA, Map.of());
        ObjectNode json = TokenizerDirectory.template(
                """
                {
                  "version": "1.0",
                  "pre_tokenizer": {"type": "ByteLevel", "trim_offsets": true, "use_regex": true},
                  "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
                  "model": {"type": "BPE", "continuing_subword_prefix": "", "end_of_word_suffix": "", "fuse_unk": false}
                }
                """);
        json.withObject("/pre_tokenizer").put("add_prefix_space", directory.flag("add_prefix_space", false));
        ObjectNode model = json.withObject("/model");
        model.set("vocab", ids);
        ArrayNode merges = model.putArray("merges");
        int number = 0;
        for (String line : TextLines.of(directory, MERGES)) {
            number++;
            if (!line.startsWith("#version")) {
                String[] pair = line.split(" ", -1);
                if (pair.length != 2) {
                    throw directory.mistake(
                            MERGES, "line " + number + ": " + line, "must be two tokens with a space between");
                }
                merges.addArray().add(pair[0]).add(pair[1]);
            }
        }
        json.set("added_tokens", special.added());
        json.set("post_processor", special.around("cls_token", "sep_token", true, 0));
        return json;
    }
}
