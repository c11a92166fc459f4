package org.loradash.data.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.loradash.data.tokenizer.SentencePieceModel.Piece;

/**
 * Byte-pair encoding of SentencePiece as the library wants it, with a list of pairs to be merged: SentencePiece merges any two
 * pieces that are one together, the best score first.
 */
final class PieceMerges {
    /** The most characters of all pairs together: a file of 32 MiB could ask for gigabytes. */
    private static final long MOST_CHARACTERS = 1 << 27;

    private PieceMerges() {}

    /**
     * Pairs of all pieces, in the order of the pieces' ids: what {@code generate_merges} of transformers gives of a vocabulary.
     *
     * @param ids by pieces
     * @throws IllegalArgumentException where they are more than the memory is good for
     */
    static ArrayNode byId(Map<String, Integer> ids) {
        List<String> ordered = ids.entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .toList();
        return pairs(ordered, ids);
    }

    /**
     * Pairs of normal pieces alone, the best score first, as SentencePiece has it.
     *
     * @param pieces by ids, some of which may have another name here
     * @param names by ids; those that are a token
     * @throws IllegalArgumentException likewise
     */
    static ArrayNode byScore(List<Piece> pieces, Map<Integer, String> names) {
        Map<String, Integer> normal = new HashMap<>();
        names.forEach((id, name) -> {
            if (id < pieces.size() && pieces.get(id).type() == Piece.NORMAL) {
                normal.put(name, id);
            }
        });
        // A score of -0.0 is as good as one of 0.0.
        Comparator<Map.Entry<String, Integer>> best =
                Comparator.comparing(entry -> 0f - pieces.get(entry.getValue()).score());
        List<String> ordered = normal.entrySet().stream()
                .sorted(best.thenComparing(Map.Entry.comparingByValue()))
                .map(Map.Entry::getKey)
                .toList();
        return pairs(ordered, normal);
    }

    /** Each piece's pairs, the shortest first part first. */
    private static ArrayNode pairs(List<String> ordered, Map<String, Integer> known) {
        ArrayNode merges = JsonNodeFactory.instance.arrayNode();
        long characters = 0;
        for (String piece : ordered) {
            for (int at = piece.offsetByCodePoints(0, 1); at < piece.length(); at = piece.offsetByCodePoints(at, 1)) {
                String first = piece.substring(0, at);
                String second = piece.substring(at);
                if (known.containsKey(first) && known.containsKey(second)) {
                    merges.addArray().add(first).add(second);
                    characters += piece.length();
                }
            }
            if (characters > MOST_CHARACTERS) {
                throw new IllegalArgumentException("pairs of pieces of more than " + MOST_CHARACTERS + " characters");
            }
        }
        return merges;
    }

    /** The {@code model} of tokenizer.json, without its pairs. */
    static ObjectNode model(Map<String, Integer> ids, boolean byteFallback) {
        ObjectNode model = JsonNodeFactory.instance
                .objectNode()
                .put("type", "BPE")
                .put("fuse_unk", true)
                .put("byte_fallback", byteFallback);
        ObjectNode vocabulary = model.putObject("vocab");
        ids.forEach(vocabulary::put);
        return model;
    }
}
