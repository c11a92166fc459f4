package org.loradash.data.tokenizer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The lines of a small text file. */
final class TextLines {
    private TextLines() {}

    /** @throws org.loradash.tsd.InvalidInput where there is no such file, or it is large or not UTF-8 */
    static List<String> of(TokenizerDirectory directory, String name) throws IOException {
        byte[] bytes = directory.bytes(name, TokenizerForm.LARGEST_VOCABULARY);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString()
                    .lines()
                    .toList();
        } catch (CharacterCodingException notText) {
            throw directory.mistake(name, "not UTF-8", "must be a text");
        }
    }
}
