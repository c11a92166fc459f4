package org.loradash.data.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.loradash.data.tokenizer.SentencePieceModel.Piece;

/**
 * SentencePiece as decoders have it in tokenizer.model. transformers 5 has three ways to read it, by the class that
 * tokenizer_config.json names: LLaMA's and Gemma's, which have rules of their own whatever the file says, and all others',
 * which do what the file says.
 */
final class DecoderPieces {
    static final String FILE = "tokenizer.model";

    private static final String LLAMA = "LlamaTokenizer";
    private static final String GEMMA = "GemmaTokenizer";

    /** Classes that stand for any tokenizer. */
    private static final Set<String> ANY =
            Set.of("TokenizersBackend", "PreTrainedTokenizerFast", "PreTrainedTokenizer");

    /** Models whose tokenizer does what the file says, whatever class is named. */
    private static final Set<String> BY_FILE = Set.of("mistral", "phi3", "granite", "olmo2");

    private static final Set<String> GEMMAS = Set.of("gemma", "gemma2", "gemma3", "gemma3_text");

    private static final Map<String, String> ROLES_OF_LLAMA =
            Map.of("unk_token", "<unk>", "bos_token", "<s>", "eos_token", "</s>");
    private static final Map<String, String> ROLES_OF_GEMMA = Map.of(
            "unk_token", "<unk>",
            "bos_token", "<bos>",
            "eos_token", "<eos>",
            "pad_token", "<pad>",
            "mask_token", "<mask>");

    private DecoderPieces() {}

    static ObjectNode json(TokenizerDirectory directory) throws IOException {
        String rules = rules(directory);
        SentencePieceModel model = SentencePieceModel.read(directory, FILE);
        try {
            if (isByFile(rules, model)) {
                return byFile(directory, model);
            }
            return rules.equals(LLAMA) ? llama(directory, model) : gemma(directory, model);
        } catch (IllegalArgumentException tooMuch) {
            throw directory.mistake(FILE, tooMuch.getMessage(), "must be a model as sentencepiece writes it");
        }
    }

    /** What the tokenizer calls the token that ends a text, where no file names one; empty where it has none. */
    static String endOfText(TokenizerDirectory directory) throws IOException {
        String rules = rules(directory);
        SentencePieceModel model = SentencePieceModel.read(directory, FILE);
        Map<String, String> roles =
                isByFile(rules, model) ? model.roles() : rules.equals(LLAMA) ? ROLES_OF_LLAMA : ROLES_OF_GEMMA;
        return roles.getOrDefault("eos_token", "");
    }

    /** The class whose rules count; empty for the file's own. */
    private static String rules(TokenizerDirectory directory) throws IOException {
        String named = directory.tokenizerClass();
        String type = directory.modelType();
        boolean byFile = BY_FILE.contains(type) || ANY.contains(named);
        String rules = byFile ? "" : named.isEmpty() && GEMMAS.contains(type) ? GEMMA : named;
        if (!Set.of("", LLAMA, GEMMA).contains(rules)) {
            throw directory.mistake(
                    TokenizerDirectory.CONFIGURATION,
                    "tokenizer_class is " + rules,
                    "must be " + LLAMA + ", " + GEMMA + " or TokenizersBackend, which have " + FILE
                            + ", where there is no tokenizer.json");
        }
        return rules;
    }

    /** The classes of LLaMA and Gemma know byte-pair encoding alone: a unigram model does what its file says. */
    private static boolean isByFile(String rules, SentencePieceModel model) {
        return rules.isEmpty() || model.kind() == SentencePieceModel.UNIGRAM;
    }

    /** As {@code LlamaTokenizer} makes it. */
    private static ObjectNode llama(TokenizerDirectory directory, SentencePieceModel model) throws IOException {
        boolean prefix = directory.flag("add_prefix_space", true);
        ObjectNode json = TokenizerDirectory.template(
                """
                {
                  "version": "1.0",
                  "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "split": false},
                  "decoder": {"type": "Sequence", "decoders": [
                    {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}]}
                }
                """);
        // Where several texts stand between added tokens, the older way puts a space before each.
        boolean each = directory.flag("legacy", false);
        json.withObject("/pre_tokenizer").put("prepend_scheme", prefix ? each ? "always" : "first" : "never");
        if (prefix) {
            strip(json);
        }
        json.set("model", pairs(model, true));
        return ended(directory, json, special(directory, model, ROLES_OF_LLAMA));
    }

    /** As {@code GemmaTokenizer} makes it. */
    private static ObjectNode gemma(TokenizerDirectory directory, SentencePieceModel model) throws IOException {
        ObjectNode json = TokenizerDirectory.template(
                """
                {
                  "version": "1.0",
                  "normalizer": {"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
                  "pre_tokenizer": {"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious", "invert": false},
                  "decoder": {"type": "Sequence", "decoders": [
                    {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}]}
                }
                """);
        SpecialTokens special = special(directory, model, ROLES_OF_GEMMA);
        json.set("model", pairs(model, true).put("unk_token", special.token("unk_token")));
        return ended(directory, json, special);
    }

    private static ObjectNode pairs(SentencePieceModel model, boolean byteFallback) {
        Map<String, Integer> ids = model.ids();
        ObjectNode pairs = PieceMerges.model(ids, byteFallback);
        pairs.set("merges", PieceMerges.byId(ids));
        return pairs;
    }

    /** Pieces that control and those that users gave are found as they stand, unless the directory names others. */
    private static SpecialTokens special(
            TokenizerDirectory directory, SentencePieceModel model, Map<String, String> roles) throws IOException {
        Map<String, Boolean> whole = directory.namesExtraTokens() ? Map.of() : model.whole();
        return SpecialTokens.read(directory, model.ids(), model.pieces().size(), roles, whole);
    }

    /** As {@code build_tokenizer_from_spm_proto} makes it: what SentencePiece itself does. */
    private static ObjectNode byFile(TokenizerDirectory directory, SentencePieceModel model) throws IOException {
        boolean each = directory.flag("legacy", !directory.isNull("legacy"));
        ObjectNode json = TokenizerDirectory.template(
                """
                {
                  "version": "1.0",
                  "normalizer": {"type": "Sequence", "normalizers": []},
                  "pre_tokenizer": {"type": "Sequence", "pretokenizers": []},
                  "decoder": {"type": "Sequence", "decoders": [
                    {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}]}
                }
                """);
        ArrayNode normalizers = json.withObject("/normalizer").withArray("normalizers");
        SentencePieceModel.Spaces spaces = model.spaces();
        model.characters().ifPresent(normalizers::add);
        if (spaces.fewer()) {
            replace(normalizers, "Regex", "\\A +| +\\z", "");
            replace(normalizers, "Regex", " {2,}", " ");
        }
        if (spaces.escaped()) {
            replace(normalizers, "String", " ", "▁");
        }
        if (spaces.before() && each) {
            // The library puts no space before what begins with one; SentencePiece does.
            replace(normalizers, "Regex", "\\A▁", "▁▁");
        }
        ArrayNode splits = json.withObject("/pre_tokenizer").withArray("pretokenizers");
        if (spaces.before()) {
            splits.addObject()
                    .put("type", "Metaspace")
                    .put("replacement", "▁")
                    .put("prepend_scheme", each ? "always" : "first")
                    .put("split", false);
        }
        Map<Integer, String> names = names(directory, model);
        List<String> given = names.entrySet().stream()
                .filter(name -> model.pieces().get(name.getKey()).type() == Piece.GIVEN_BY_USER)
                .map(Map.Entry::getValue)
                .toList();
        if (!given.isEmpty()) {
            splits.addObject()
                    .put("type", "Split")
                    .put("behavior", "Isolated")
                    .put("invert", false)
                    .putObject("pattern")
                    .put("Regex", EitherOf.pattern(given));
        }
        ArrayNode decoders = json.withObject("/decoder").withArray("decoders");
        if (model.byteFallback()) {
            decoders.addObject().put("type", "ByteFallback");
        }
        if (spaces.before() || model.byteFallback()) {
            decoders.addObject().put("type", "Fuse");
        }
        if (spaces.before()) {
            strip(json);
        }
        json.set("model", model(model, names, !given.isEmpty()));
        return ended(directory, json, specialByFile(directory, model, names));
    }

    private static ObjectNode model(SentencePieceModel model, Map<Integer, String> names, boolean whole) {
        if (model.kind() == SentencePieceModel.UNIGRAM) {
            return SentencePieceModel.unigram(model.pieces(), model.unknown(), model.byteFallback());
        }
        ObjectNode pairs = PieceMerges.model(ids(names), model.byteFallback()).put("ignore_merges", whole);
        if (model.roles().containsKey("unk_token")) {
            pairs.put("unk_token", model.roles().get("unk_token"));
        }
        pairs.set("merges", PieceMerges.byScore(model.pieces(), names));
        return pairs;
    }

    /** Pieces by ids; of byte-pair encoding, a directory may give places in the vocabulary to tokens that it adds. */
    private static Map<Integer, String> names(TokenizerDirectory directory, SentencePieceModel model)
            throws IOException {
        Map<Integer, String> names = new HashMap<>();
        model.ids().forEach((piece, id) -> names.put(id, piece));
        if (model.kind() == SentencePieceModel.UNIGRAM) {
            return names;
        }
        Map<Integer, String> others = new LinkedHashMap<>();
        for (ObjectNode token : directory.addedTokens()) {
            others.put(token.get("id").intValue(), token.get("content").textValue());
        }
        Map<String, Integer> kept = model.ids();
        kept.values().removeAll(others.keySet());
        others.forEach((id, name) -> {
            if (!kept.containsKey(name)) {
                names.computeIfPresent(id, (same, piece) -> name);
            }
        });
        return names;
    }

    private static Map<String, Integer> ids(Map<Integer, String> names) {
        Map<String, Integer> ids = new LinkedHashMap<>();
        names.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(name -> ids.put(name.getValue(), name.getKey()));
        return ids;
    }

    private static SpecialTokens specialByFile(
            TokenizerDirectory directory, SentencePieceModel model, Map<Integer, String> names) throws IOException {
        Map<String, Boolean> whole = new LinkedHashMap<>();
        if (!directory.namesExtraTokens()) {
            model.whole().forEach((piece, controls) -> {
                if (controls) {
                    whole.put(piece, true);
                }
            });
        }
        SpecialTokens special =
                SpecialTokens.read(directory, ids(names), model.pieces().size(), model.roles(), whole);
        if (model.spaces().before()) {
            // Found in the raw text, so that what stands between two of them has a space before it.
            Set<String> added = directory.addedTokens().stream()
                    .map(token -> token.get("content").textValue())
                    .collect(Collectors.toSet());
            special.added().forEach(token -> {
                if (added.contains(token.get("content").textValue())) {
                    ((ObjectNode) token).put("normalized", false);
                }
            });
        }
        return special;
    }

    private static ObjectNode ended(TokenizerDirectory directory, ObjectNode json, SpecialTokens special)
            throws IOException {
        json.set("added_tokens", special.added());
        json.set("post_processor", special.ends(directory));
        return json;
    }

    private static void strip(ObjectNode json) {
        json.withObject("/decoder")
                .withArray("decoders")
                .addObject()
                .put("type", "Strip")
                .put("content", " ")
                .put("start", 1)
                .put("stop", 0);
    }

    private static void replace(ArrayNode to, String kind, String pattern, String content) {
        to.addObject()
                .put("type", "Replace")
                .put("content", content)
                .putObject("pattern")
                .put(kind, pattern);
    }
}
