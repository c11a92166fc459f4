package org.loradash.data.tokenizer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Base64;
import org.loradash.tsd.io.Message;

/** What is looked at in tokenizer.json before the library reads it. */
final class TokenizerJson {
    private static final JsonFactory JSON = new JsonFactory();
    private static final String CHARACTERS = "precompiled_charsmap";

    private TokenizerJson() {}

    /**
     * Looks at every map of characters, wherever it stands: the library would end the process over a bad one. What is no JSON is
     * left to the library to tell.
     *
     * @param text of the file, as the library gets it
     * @throws IllegalArgumentException where one leads outside itself, or the text is not to be looked through
     */
    static void check(String text) throws IOException {
        try (JsonParser parser = JSON.createParser(text)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.FIELD_NAME && parser.currentName().equals(CHARACTERS)) {
                    check(parser);
                }
            }
        } catch (JsonParseException malformed) {
            return;
        } catch (JsonProcessingException tooMuch) {
            throw new IllegalArgumentException(Message.oneLine(tooMuch.getOriginalMessage()), tooMuch);
        }
    }

    private static void check(JsonParser parser) throws IOException {
        if (parser.nextToken() == JsonToken.VALUE_STRING) {
            CharacterMap.check(bytes(parser.getText()));
        }
    }

    private static byte[] bytes(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException notBase64) {
            throw new IllegalArgumentException("a map of characters that is not Base64", notBase64);
        }
    }
}
