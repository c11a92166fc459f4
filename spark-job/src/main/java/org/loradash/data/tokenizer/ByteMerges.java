package org.loradash.data.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Byte-pair encoding of bytes, as GPT-2 had it first: ids in vocab.json, pairs to be merged in merges.txt, the first ones
 * first.
 */
final class ByteMerges {
    private static final String VOCABULARY = "vocab.json";
    private static final String MERGES = "merges.txt";

    /** What GPT-2 calls its beginning, end and unknown token, and Qwen2 and CLIP their end. */
    static final String END = "<|endoftext|>";

    /** The words of Qwen2: contractions, letters with one other character before, single digits, others, line ends, spaces. */
    private static final String WORDS_OF_QWEN = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    private static final String BEGIN_OF_CLIP = "<|startoftext|>";

    /** The words of CLIP: its own two tokens, contractions, letters, single digits, others; spaces are left out. */
    private static final String WORDS_OF_CLIP =
            "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d" + "|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

    private ByteMerges() {}

    /** As {@code RobertaTokenizer} of transformers makes it. */
    static ObjectNode roberta(TokenizerDirectory directory) throws IOException {
        ObjectNode json = words(directory);
        SpecialTokens special = special(directory, json, SpecialTokens.ROBERTA);
        return json.set("post_processor", special.around("cls_token", "sep_token", true, 0));
    }

    /** As {@code GPT2Tokenizer} of transformers makes it. */
    static ObjectNode gpt(TokenizerDirectory directory) throws IOException {
        ObjectNode json = words(directory);
        Map<String, String> names = Map.of("unk_token", END, "bos_token", END, "eos_token", END);
        return json.set("post_processor", special(directory, json, names).ends(directory));
    }

    /** As {@code Qwen2Tokenizer} of transformers makes it. */
    static ObjectNode qwen(TokenizerDirectory directory) throws IOException {
        ObjectNode json = json(
                directory,
                """
                {
                  "version": "1.0",
                  "normalizer": {"type": "NFC"},
                  "pre_tokenizer": {"type": "Sequence", "pretokenizers": []},
                  "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
                  "model": {"type": "BPE", "continuing_subword_prefix": "", "end_of_word_suffix": "", "fuse_unk": false}
                }
                """);
        ArrayNode splits = json.withObject("/pre_tokenizer").withArray("pretokenizers");
        splits.addObject()
                .put("type", "Split")
                .put("behavior", "Isolated")
                .put("invert", false)
                .putObject("pattern")
                .put("Regex", WORDS_OF_QWEN);
        splits.addObject()
                .put("type", "ByteLevel")
                .put("add_prefix_space", directory.flag("add_prefix_space", false))
                .put("trim_offsets", true)
                .put("use_regex", false);
        Map<String, String> names = Map.of("unk_token", END, "eos_token", END, "pad_token", END);
        return json.set("post_processor", special(directory, json, names).ends(directory));
    }

    /** As {@code CLIPTokenizer} of transformers makes it: a word's last symbol is another one than within. */
    static ObjectNode clip(TokenizerDirectory directory) throws IOException {
        ObjectNode json = json(
                directory,
                """
                {
                  "version": "1.0",
                  "normalizer": {"type": "Sequence", "normalizers": [
                    {"type": "NFC"},
                    {"type": "Replace", "pattern": {"Regex": "\\\\s+"}, "content": " "},
                    {"type": "Lowercase"}]},
                  "pre_tokenizer": {"type": "Sequence", "pretokenizers": []},
                  "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
                  "model": {"type": "BPE", "continuing_subword_prefix": "", "end_of_word_suffix": "</w>", "fuse_unk": false}
                }
                """);
        ArrayNode splits = json.withObject("/pre_tokenizer").withArray("pretokenizers");
        splits.addObject()
                .put("type", "Split")
                .put("behavior", "Removed")
                .put("invert", true)
                .putObject("pattern")
                .put("Regex", WORDS_OF_CLIP);
        splits.addObject()
                .put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", true);
        Map<String, String> names =
                Map.of("bos_token", BEGIN_OF_CLIP, "eos_token", END, "unk_token", END, "pad_token", END);
        SpecialTokens special = special(directory, json, names);
        json.withObject("/model").put("unk_token", special.token("unk_token"));
        return json.set("post_processor", special.around("bos_token", "eos_token", false, 0));
    }

    /** With the words of GPT-2. */
    private static ObjectNode words(TokenizerDirectory directory) throws IOException {
        ObjectNode json = json(
                directory,
                """
                {
                  "version": "1.0",
                  "pre_tokenizer": {"type": "ByteLevel", "trim_offsets": true, "use_regex": true},
                  "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
                  "model": {"type": "BPE", "continuing_subword_prefix": "", "end_of_word_suffix": "", "fuse_unk": false}
                }
                """);
        json.withObject("/pre_tokenizer").put("add_prefix_space", directory.flag("add_prefix_space", false));
        return json;
    }

    /** A template with vocabulary and pairs. */
    private static ObjectNode json(TokenizerDirectory directory, String template) throws IOException {
        ObjectNode json = TokenizerDirectory.template(template);
        ObjectNode model = json.withObject("/model");
        model.set("vocab", directory.object(VOCABULARY, directory.bytes(VOCABULARY, TokenizerForm.LARGEST_VOCABULARY)));
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
        return json;
    }

    private static SpecialTokens special(TokenizerDirectory directory, ObjectNode json, Map<String, String> names)
            throws IOException {
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        json.path("model").path("vocab").fields().forEachRemaining(entry -> {
            if (!entry.getValue().isInt() || entry.getValue().intValue() < 0) {
                throw directory.mistake(
                        VOCABULARY, entry.getKey() + ": " + entry.getValue(), "must be a token's number");
            }
            vocabulary.put(entry.getKey(), entry.getValue().intValue());
        });
        SpecialTokens special = SpecialTokens.read(directory, vocabulary, vocabulary.size(), names, Map.of());
        json.set("added_tokens", special.added());
        return special;
    }
}
