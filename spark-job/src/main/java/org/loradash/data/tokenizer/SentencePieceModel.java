package org.loradash.data.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model of SentencePiece (arXiv 1808.06226), the parts of its file that transformers reads. The numbers of fields are those
 * of sentencepiece_model.proto.
 *
 * @param kind how texts are cut: {@link #UNIGRAM} or {@link #PAIRS}
 * @param pieces by their ids
 * @param unknown the id of the piece that stands for what there is none for
 * @param byteFallback whether bytes stand for a character without a piece
 * @param roles what the model calls its own beginning, end and unknown piece, by transformers' names; those that it has
 * @param characterMap what characters become before they are cut, as the library reads it; empty for none
 * @param spaces what becomes of spaces
 */
record SentencePieceModel(
        int kind,
        List<Piece> pieces,
        int unknown,
        boolean byteFallback,
        Map<String, String> roles,
        byte[] characterMap,
        Spaces spaces) {
    /** Pieces with probabilities: the most likely cut counts. */
    static final int UNIGRAM = 1;

    /** Byte-pair encoding: the pair with the best score is merged first. */
    static final int PAIRS = 2;

    private static final int MOST_PIECES = 1 << 21;

    /** The longest piece in UTF-16 units; those of published models have at most 128. */
    private static final int LONGEST_PIECE = 256;

    /**
     * What becomes of spaces.
     *
     * @param before whether a space is put before a text
     * @param fewer whether those at both ends, and all but one of several, are left out
     * @param escaped whether they become {@code ▁}
     */
    record Spaces(boolean before, boolean fewer, boolean escaped) {}

    /**
     * A part of a text.
     *
     * @param score the logarithm of its probability
     * @param type such as {@link #NORMAL}
     */
    record Piece(String text, float score, int type) {
        static final int NORMAL = 1;
        static final int CONTROL = 3;
        static final int GIVEN_BY_USER = 4;

        static Piece special(String text) {
            return new Piece(text, 0, CONTROL);
        }
    }

    /**
     * Reads a file with a unigram model.
     *
     * @throws org.loradash.tsd.InvalidInput where there is no such file, it is no such model, or one of another kind
     */
    static SentencePieceModel readUnigram(TokenizerDirectory directory, String name) throws IOException {
        SentencePieceModel model = read(directory, name);
        if (model.kind != UNIGRAM) {
            throw directory.mistake(name, "model type " + model.kind, "must be " + UNIGRAM + ", a unigram model");
        }
        return model;
    }

    /**
     * Reads a file.
     *
     * @throws org.loradash.tsd.InvalidInput where there is no such file, it is no such model, or one of words or characters
     */
    static SentencePieceModel read(TokenizerDirectory directory, String name) throws IOException {
        byte[] file = directory.bytes(name, TokenizerForm.LARGEST_VOCABULARY);
        Reading reading = new Reading();
        try {
            ProtobufField.forEach(ByteBuffer.wrap(file), reading::model);
            reading.check();
        } catch (IllegalArgumentException malformed) {
            throw directory.mistake(
                    name,
                    "not a SentencePiece model: " + malformed.getMessage(),
                    "must be a model as sentencepiece writes it");
        }
        if (reading.modelType != UNIGRAM && reading.modelType != PAIRS) {
            throw directory.mistake(
                    name,
                    "model type " + reading.modelType,
                    "must be " + UNIGRAM + " or " + PAIRS + ", a unigram model or byte-pair encoding");
        }
        return reading.model();
    }

    /** Ids of the pieces' texts. */
    Map<String, Integer> ids() {
        return ids(pieces);
    }

    static Map<String, Integer> ids(List<Piece> pieces) {
        Map<String, Integer> ids = new HashMap<>();
        for (int id = 0; id < pieces.size(); id++) {
            ids.put(pieces.get(id).text(), id);
        }
        return ids;
    }

    /** The pieces that are found as they stand and never cut: whether each is special, as those that control are. */
    Map<String, Boolean> whole() {
        Map<String, Boolean> whole = new LinkedHashMap<>();
        for (Piece piece : pieces) {
            if (piece.type() == Piece.CONTROL || piece.type() == Piece.GIVEN_BY_USER) {
                whole.put(piece.text(), piece.type() == Piece.CONTROL);
            }
        }
        return whole;
    }

    /** The {@code normalizer} of tokenizer.json that maps characters. */
    Optional<ObjectNode> characters() {
        return characterMap.length == 0
                ? Optional.empty()
                : Optional.of(JsonNodeFactory.instance
                        .objectNode()
                        .put("type", "Precompiled")
                        .put("precompiled_charsmap", Base64.getEncoder().encodeToString(characterMap)));
    }

    /**
     * The {@code model} of tokenizer.json.
     *
     * @param pieces by ids
     */
    static ObjectNode unigram(List<Piece> pieces, int unknown, boolean byteFallback) {
        ObjectNode model = JsonNodeFactory.instance
                .objectNode()
                .put("type", "Unigram")
                .put("unk_id", unknown)
                .put("byte_fallback", byteFallback);
        ArrayNode vocabulary = model.putArray("vocab");
        for (Piece piece : pieces) {
            // As transformers does: a float32 in the file is the float64 of the same value.
            vocabulary.addArray().add(piece.text()).add((double) piece.score());
        }
        return model;
    }

    /** What has been read, with the values of what is left out. */
    private static final class Reading {
        private final List<Piece> pieces = new ArrayList<>();
        private int modelType = UNIGRAM;
        private int unknown;
        private boolean byteFallback;
        private byte[] characterMap = new byte[0];
        private Spaces spaces = new Spaces(true, true, true);
        private final Map<String, Integer> ids = new HashMap<>(Map.of("unk_token", 0, "bos_token", 1, "eos_token", 2));
        private final Map<String, String> names =
                new HashMap<>(Map.of("unk_token", "<unk>", "bos_token", "<s>", "eos_token", "</s>"));

        void model(ProtobufField field) {
            switch (field.number()) {
                case 1 -> pieces.add(piece(field.content()));
                case 2 -> ProtobufField.forEach(field.content(), this::trainer);
                case 3 -> ProtobufField.forEach(field.content(), this::normalizer);
                default -> {}
            }
            if (pieces.size() > MOST_PIECES) {
                throw new IllegalArgumentException("more than " + MOST_PIECES + " pieces");
            }
        }

        private void trainer(ProtobufField field) {
            switch (field.number()) {
                case 3 -> modelType = field.whole();
                case 35 -> byteFallback = field.whole() != 0;
                case 40 -> unknown = field.whole();
                case 41 -> ids.put("bos_token", field.whole());
                case 42 -> ids.put("eos_token", field.whole());
                case 45 -> names.put("unk_token", text(field.content()));
                case 46 -> names.put("bos_token", text(field.content()));
                case 47 -> names.put("eos_token", text(field.content()));
                default -> {}
            }
        }

        private void normalizer(ProtobufField field) {
            switch (field.number()) {
                case 2 -> {
                    characterMap = new byte[field.content().remaining()];
                    field.content().get(0, characterMap);
                }
                case 3 -> spaces = new Spaces(field.whole() != 0, spaces.fewer, spaces.escaped);
                case 4 -> spaces = new Spaces(spaces.before, field.whole() != 0, spaces.escaped);
                case 5 -> spaces = new Spaces(spaces.before, spaces.fewer, field.whole() != 0);
                default -> {}
            }
        }

        private static Piece piece(ByteBuffer message) {
            String[] text = {""};
            float[] score = {0};
            int[] type = {Piece.NORMAL};
            ProtobufField.forEach(message, field -> {
                switch (field.number()) {
                    case 1 -> text[0] = text(field.content());
                    case 2 -> score[0] = field.real();
                    case 3 -> type[0] = field.whole();
                    default -> {}
                }
            });
            if (text[0].isEmpty() || !Float.isFinite(score[0])) {
                throw new IllegalArgumentException("a piece \"" + text[0] + "\" with score " + score[0]);
            }
            if (text[0].length() > LONGEST_PIECE) {
                throw new IllegalArgumentException("a piece of more than " + LONGEST_PIECE + " characters");
            }
            return new Piece(text[0], score[0], type[0]);
        }

        private static String text(ByteBuffer bytes) {
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(bytes.duplicate())
                        .toString();
            } catch (CharacterCodingException notText) {
                throw new IllegalArgumentException("a piece that is not UTF-8", notText);
            }
        }

        void check() {
            if (unknown < 0 || unknown >= pieces.size()) {
                throw new IllegalArgumentException(pieces.size() + " pieces, with " + unknown + " for unknown ones");
            }
            CharacterMap.check(characterMap);
        }

        SentencePieceModel model() {
            Map<String, String> roles = new HashMap<>();
            names.forEach((role, name) -> {
                if (ids.get(role) >= 0 && !name.isEmpty()) {
                    roles.put(role, name);
                }
            });
            return new SentencePieceModel(
                    modelType, List.copyOf(pieces), unknown, byteFallback, Map.copyOf(roles), characterMap, spaces);
        }
    }
}
