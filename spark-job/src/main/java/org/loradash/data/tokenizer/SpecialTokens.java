package org.loradash.data.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tokens beside a vocabulary that are found in a text as they stand: those with a role, such as {@code unk_token} and
 * {@code sep_token}, and those that a model's directory adds.
 *
 * @param roles what has each role
 * @param ids of all, in the vocabulary or behind its end
 * @param added all of them, as {@code added_tokens} of tokenizer.json has them
 */
record SpecialTokens(Map<String, String> roles, Map<String, Integer> ids, ArrayNode added) {
    /** What BERT and DeBERTa call theirs. */
    static final Map<String, String> BERT = Map.of(
            "unk_token", "[UNK]",
            "sep_token", "[SEP]",
            "pad_token", "[PAD]",
            "cls_token", "[CLS]",
            "mask_token", "[MASK]");

    /** What RoBERTa and XLM-R call theirs. */
    static final Map<String, String> ROBERTA = Map.of(
            "bos_token", "<s>",
            "eos_token", "</s>",
            "unk_token", "<unk>",
            "sep_token", "</s>",
            "pad_token", "<pad>",
            "cls_token", "<s>",
            "mask_token", "<mask>");

    /** In the order in which transformers gives ids to those that a vocabulary lacks. */
    private static final List<String> ROLES =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    /**
     * Those of a model's kind, and what the directory's files say.
     *
     * @param vocabulary ids by tokens
     * @param size the first id behind it
     * @param names what the kind calls its own
     * @param pieces of the vocabulary that are found as they stand too: whether each is special
     * @throws org.loradash.tsd.InvalidInput where a file's token is neither a text nor an object with a content
     */
    static SpecialTokens read(
            TokenizerDirectory directory,
            Map<String, Integer> vocabulary,
            int size,
            Map<String, String> names,
            Map<String, Boolean> pieces)
            throws IOException {
        Map<String, ObjectNode> tokens = new LinkedHashMap<>();
        directory.addedTokens().forEach(token -> tokens.put(token.get("content").textValue(), token));
        boolean older = !directory.listsAddedTokens();
        Map<String, String> roles = new HashMap<>();
        for (String role : ROLES) {
            JsonNode given = given(directory, role);
            String content = given.isMissingNode() ? names.get(role) : content(directory, role, given);
            if (content != null) {
                roles.put(role, content);
                put(tokens, content, given, older);
            }
        }
        for (Map.Entry<String, JsonNode> extra : extras(directory).entrySet()) {
            put(tokens, extra.getKey(), extra.getValue(), older);
        }
        pieces.forEach((content, special) ->
                tokens.computeIfAbsent(content, absent -> special(content, JsonNodeFactory.instance.missingNode())
                        .put("special", special)));

        Map<String, Integer> ids = new HashMap<>();
        ArrayNode added = JsonNodeFactory.instance.arrayNode();
        int next = size;
        for (Map.Entry<String, ObjectNode> token : tokens.entrySet()) {
            Integer id = vocabulary.get(token.getKey());
            ids.put(token.getKey(), id == null ? next++ : id);
            added.add(token.getValue().put("id", ids.get(token.getKey())));
        }
        return new SpecialTokens(roles, ids, added);
    }

    /** @param older whether what has been added before comes from added_tokens.json, which says nothing but numbers */
    private static void put(Map<String, ObjectNode> tokens, String content, JsonNode given, boolean older) {
        ObjectNode known = tokens.get(content);
        if (known == null) {
            tokens.put(content, special(content, given).put("special", true));
        } else {
            known.put("special", true);
            if (older && given.isTextual()) {
                known.put("normalized", false);
            }
        }
    }

    /** Those that tokenizer_config.json names beside the roles: keys that end with _token, then lists of tokens. */
    private static Map<String, JsonNode> extras(TokenizerDirectory directory) throws IOException {
        Map<String, JsonNode> extras = new LinkedHashMap<>();
        JsonNode configuration = directory.json(TokenizerDirectory.CONFIGURATION);
        configuration.fields().forEachRemaining(entry -> {
            JsonNode token = entry.getValue();
            if (entry.getKey().endsWith("_token")
                    && !ROLES.contains(entry.getKey())
                    && (token.isTextual() || token.path("content").isTextual())) {
                extras.put(content(directory, entry.getKey(), token), token);
            }
        });
        for (String key : List.of("extra_special_tokens", "additional_special_tokens")) {
            for (JsonNode token : configuration.path(key)) {
                extras.putIfAbsent(content(directory, key, token), token);
            }
        }
        return extras;
    }

    /** special_tokens_map.json, which older directories have, goes before a tokenizer_config.json that adds no tokens. */
    private static JsonNode given(TokenizerDirectory directory, String role) throws IOException {
        List<String> files = directory.listsAddedTokens()
                ? List.of(TokenizerDirectory.CONFIGURATION)
                : List.of("special_tokens_map.json", TokenizerDirectory.CONFIGURATION);
        for (String name : files) {
            JsonNode token = directory.json(name).path(role);
            if (!token.isMissingNode() && !token.isNull()) {
                return token;
            }
        }
        return JsonNodeFactory.instance.missingNode();
    }

    private static String content(TokenizerDirectory directory, String role, JsonNode given) {
        JsonNode content = given.isObject() ? given.path("content") : given;
        if (!content.isTextual() || content.textValue().isEmpty()) {
            throw directory.mistake(
                    TokenizerDirectory.CONFIGURATION,
                    role + " is " + given,
                    "must be a token's text, or an object with its content");
        }
        return content.textValue();
    }

    private static ObjectNode special(String content, JsonNode flags) {
        return TokenizerDirectory.token(0, content, flags)
                .put("normalized", flags.path("normalized").asBoolean(false));
    }

    /** What has a role. */
    String token(String role) {
        return roles.get(role);
    }

    /** What stands around texts: first A last, and first A last B last, or first A last last B last, where texts are told apart so. */
    ObjectNode around(String first, String last, boolean twice, int typeOfSecond) {
        String begin = roles.get(first);
        String end = roles.get(last);
        ObjectNode template = JsonNodeFactory.instance.objectNode().put("type", "TemplateProcessing");
        special(template.withArray("single"), begin, 0);
        text(template.withArray("single"), "A", 0);
        special(template.withArray("single"), end, 0);
        ArrayNode pair = template.withArray("pair");
        pair.addAll((ArrayNode) template.get("single"));
        if (twice) {
            special(pair, end, 0);
        }
        text(pair, "B", typeOfSecond);
        special(pair, end, typeOfSecond);
        for (String token : List.of(begin, end)) {
            describe(template.withObject("/special_tokens"), token);
        }
        return template;
    }

    /**
     * What stands around texts that go on: beginning and end, each where tokenizer_config.json says so by add_bos_token and
     * add_eos_token and there is such a token.
     */
    ObjectNode ends(TokenizerDirectory directory) throws IOException {
        ObjectNode template = JsonNodeFactory.instance.objectNode().put("type", "TemplateProcessing");
        ArrayNode single = template.putArray("single");
        ArrayNode pair = template.putArray("pair");
        ObjectNode special = template.putObject("special_tokens");
        List<String> texts = List.of("A", "B");
        for (int type = 0; type < texts.size(); type++) {
            ArrayNode part = JsonNodeFactory.instance.arrayNode();
            end(directory, "bos_token", type, part, special);
            text(part, texts.get(type), type);
            end(directory, "eos_token", type, part, special);
            pair.addAll(part);
            if (type == 0) {
                single.addAll(part.deepCopy());
            }
        }
        return template;
    }

    private void end(TokenizerDirectory directory, String role, int type, ArrayNode to, ObjectNode special)
            throws IOException {
        String token = roles.get(role);
        if (directory.flag("add_" + role, false) && token != null && !directory.isNull(role)) {
            special(to, token, type);
            describe(special, token);
        }
    }

    private void describe(ObjectNode special, String token) {
        ObjectNode one = special.putObject(token);
        one.put("id", token).putArray("ids").add(ids.get(token));
        one.putArray("tokens").add(token);
    }

    private static void special(ArrayNode to, String token, int type) {
        to.addObject().putObject("SpecialToken").put("id", token).put("type_id", type);
    }

    private static void text(ArrayNode to, String which, int type) {
        to.addObject().putObject("Sequence").put("id", which).put("type_id", type);
    }
}
