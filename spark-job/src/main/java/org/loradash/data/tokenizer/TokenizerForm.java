package org.loradash.data.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.loradash.tsd.InvalidInput;

/**
 * A form in which a model's directory has its tokenizer where it lacks tokenizer.json, and what makes one of it: the
 * conversions of transformers.
 *
 * @param files that make it up
 * @param tokenizerClass what tokenizer_config.json calls it
 * @param modelType of config.json that has it, where tokenizer_config.json does not say
 */
record TokenizerForm(List<String> files, String tokenizerClass, String modelType, Conversion conversion) {
    /** The most bytes of a file with a vocabulary. */
    static final int LARGEST_VOCABULARY = 32 << 20;

    private static final List<TokenizerForm> ALL = List.of(
            new TokenizerForm(List.of("spm.model"), "DebertaV2Tokenizer", "deberta-v2", DebertaPieces::json),
            new TokenizerForm(
                    List.of("sentencepiece.bpe.model"), "XLMRobertaTokenizer", "xlm-roberta", XlmRobertaPieces::json),
            new TokenizerForm(List.of("vocab.json", "merges.txt"), "RobertaTokenizer", "roberta", RobertaMerges::json),
            new TokenizerForm(List.of("vocab.txt"), "BertTokenizer", "bert", BertVocabulary::json));

    /** Makes a tokenizer.json of other files. */
    interface Conversion {
        ObjectNode json(TokenizerDirectory directory) throws IOException;
    }

    /**
     * What tokenizer.json would be.
     *
     * @throws InvalidInput where there are no files of a form that is known, they are another kind's, or are none
     */
    static ObjectNode json(TokenizerDirectory directory) throws IOException {
        for (TokenizerForm form : ALL) {
            if (form.isIn(directory)) {
                form.check(directory);
                return form.conversion.json(directory);
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

    private boolean isIn(TokenizerDirectory directory) throws IOException {
        for (String file : files) {
            if (!directory.has(file)) {
                return false;
            }
        }
        return true;
    }

    /** Others have files of these names, with other rules. */
    private void check(TokenizerDirectory directory) throws IOException {
        JsonNode name = directory.json(TokenizerDirectory.CONFIGURATION).path("tokenizer_class");
        JsonNode type = directory.json("config.json").path("model_type");
        boolean named = name.isTextual();
        String given = named ? name.textValue().replaceFirst("Fast$", "") : type.asText(modelType);
        String own = named ? tokenizerClass : modelType;
        if (!given.equals(own)) {
            throw directory.mistake(
                    named ? TokenizerDirectory.CONFIGURATION : "config.json",
                    (named ? "tokenizer_class" : "model_type") + " is " + given,
                    "must be " + own + ", which has " + String.join(" and ", files)
                            + ", where there is no tokenizer.json");
        }
    }
}
