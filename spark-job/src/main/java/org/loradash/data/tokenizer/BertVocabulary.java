package org.loradash.data.tokenizer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** WordPiece, as BERT has it: a token a line in vocab.txt, its number that of the line. */
final class BertVocabulary {
    private static final String FILE = "vocab.txt";

    private BertVocabulary() {}

    /** As {@code BertTokenizer} of transformers makes it. */
    static ObjectNode json(TokenizerDirectory directory) throws IOException {
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        int line = 0;
        for (String token : TextLines.of(directory, FILE)) {
            vocabulary.put(withoutSpaceBehind(token), line++);
        }
        SpecialTokens special =
                SpecialTokens.read(directory, vocabulary, vocabulary.size(), SpecialTokens.BERT, Map.of());
        ObjectNode json = TokenizerDirectory.template(
                """
                {
                  "version": "1.0",
                  "normalizer": {"type": "BertNormalizer", "clean_text": true, "strip_accents": null},
                  "pre_tokenizer": {"type": "BertPreTokenizer"},
                  "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
                  "model": {"type": "WordPiece", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100}
                }
                """);
        ObjectNode normalizer = json.withObject("/normalizer")
                .put("handle_chinese_chars", directory.flag("tokenize_chinese_chars", true))
                .put("lowercase", directory.flag("do_lower_case", true));
        if (directory.json(TokenizerDirectory.CONFIGURATION).hasNonNull("strip_accents")) {
            normalizer.put("strip_accents", directory.flag("strip_accents", false));
        }
        ObjectNode model = json.withObject("/model").put("unk_token", special.token("unk_token"));
        vocabulary.forEach(model.putObject("vocab")::put);
        json.set("added_tokens", special.added());
        json.set("post_processor", special.around("cls_token", "sep_token", false, 1));
        return json;
    }

    private static String withoutSpaceBehind(String token) {
        int end = token.length();
        while (end > 0 && isSpace(token.charAt(end - 1))) {
            end--;
        }
        return token.substring(0, end);
    }

    /** What Unicode calls white space, of which Java has two ideas that are others. */
    private static boolean isSpace(char character) {
        return Character.isSpaceChar(character) || character >= '\t' && character <= '\r' || character == '\u0085';
    }
}
