package org.loradash.data.tokenizer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.loradash.tsd.InvalidInput;

/**
 * A form in which a model's directory has its tokenizer where it lacks tokenizer.json, and what makes one of it: the
 * conversions of transformers.
 *
 * @param files that make it up
 * @param kinds of tokenizers that have such files, with rules of their own
 */
record TokenizerForm(List<String> files, List<Kind> kinds) {
    /** The most bytes of a file with a vocabulary. */
    static final int LARGEST_VOCABULARY = 32 << 20;

    /**
     * A tokenizer of a form.
     *
     * @param tokenizerClass what tokenizer_config.json calls it
     * @param modelTypes of config.json that have it, where tokenizer_config.json does not say
     * @param endOfText what it calls the token that ends a text; empty for an encoder's
     */
    record Kind(String tokenizerClass, List<String> modelTypes, String endOfText, Conversion conversion) {
        static Kind encoder(String tokenizerClass, String modelType, Conversion conversion) {
            return new Kind(tokenizerClass, List.of(modelType), "", conversion);
        }
    }

    /** Makes a tokenizer.json of other files. */
    interface Conversion {
        ObjectNode json(TokenizerDirectory directory) throws IOException;
    }

    private static final List<TokenizerForm> ALL = List.of(
            of(Kind.encoder("DebertaV2Tokenizer", "deberta-v2", DebertaPieces::json), "spm.model"),
            of(Kind.encoder("XLMRobertaTokenizer", "xlm-roberta", XlmRobertaPieces::json), "sentencepiece.bpe.model"),
            new TokenizerForm(
                    List.of("vocab.json", "merges.txt"),
                    List.of(
                            Kind.encoder("RobertaTokenizer", "roberta", ByteMerges::roberta),
                            new Kind("Qwen2Tokenizer", List.of("qwen2", "qwen3"), ByteMerges.END, ByteMerges::qwen),
                            new Kind("GPT2Tokenizer", List.of("gpt2"), ByteMerges.END, ByteMerges::gpt),
                            new Kind("CLIPTokenizer", List.of("clip_text_model"), ByteMerges.END, ByteMerges::clip))),
            of(Kind.encoder("BertTokenizer", "bert", BertVocabulary::json), "vocab.txt"),
            // Has rules of its own for which class reads it.
            new TokenizerForm(List.of(DecoderPieces.FILE), List.of()));

    private static TokenizerForm of(Kind kind, String file) {
        return new TokenizerForm(List.of(file), List.of(kind));
    }

    /**
     * What tokenizer.json would be.
     *
     * @throws InvalidInput where there are no files of a form that is known, they are another kind's, or are none
     */
    static ObjectNode json(TokenizerDirectory directory) throws IOException {
        for (TokenizerForm form : ALL) {
            if (form.isIn(directory)) {
                return form.kinds.isEmpty()
                        ? DecoderPieces.json(directory)
                        : form.kind(directory).conversion.json(directory);
            }
        }
        throw InvalidInput.of(
                "model.path",
                directory.path(),
                "no tokenizer: must have tokenizer.json"
                        + ALL.stream()
                                .map(form -> ", or " + String.join(" and ", form.files))
                                .collect(Collectors.joining()));
    }

    /**
     * What the tokenizer that {@link #json} makes calls the token that ends a text, where no file names one; empty where the kind
     * has none that goes on.
     */
    static String endOfText(TokenizerDirectory directory) throws IOException {
        for (TokenizerForm form : ALL) {
            if (form.isIn(directory)) {
                return form.kinds.isEmpty() ? DecoderPieces.endOfText(directory) : form.kind(directory).endOfText;
            }
        }
        return "";
    }

    private boolean isIn(TokenizerDirectory directory) throws IOException {
        for (String file : files) {
            if (!directory.has(file)) {
                return false;
            }
        }
        return true;
    }

    /** Others have files of these names, with other rules. */
    private Kind kind(TokenizerDirectory directory) throws IOException {
        String type = directory.modelType();
        // Published Qwen2 models name classes of others; transformers takes them for its own all the same.
        boolean named = !directory.tokenizerClass().isEmpty() && !type.equals("qwen2");
        String given = named ? directory.tokenizerClass() : type;
        if (given.isEmpty()) {
            return kinds.get(0);
        }
        return kinds.stream()
                .filter(kind -> named ? kind.tokenizerClass.equals(given) : kind.modelTypes.contains(given))
                .findFirst()
                .orElseThrow(() -> directory.mistake(
                        named ? TokenizerDirectory.CONFIGURATION : "config.json",
                        (named ? "tokenizer_class" : "model_type") + " is " + given,
                        "must be " + own(named) + ", which has " + String.join(" and ", files)
                                + ", where there is no tokenizer.json"));
    }

    private String own(boolean named) {
        return kinds.stream()
                .flatMap(kind -> named ? Stream.of(kind.tokenizerClass) : kind.modelTypes.stream())
                .collect(Collectors.joining(" or "));
    }
}
