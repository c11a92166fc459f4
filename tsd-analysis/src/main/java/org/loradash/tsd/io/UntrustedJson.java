package org.loradash.tsd.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.loradash.tsd.InvalidInput;

/** How JSON from outside is read: strict UTF-8, a key given twice refused, names kept in no shared table. */
final class UntrustedJson {
    /** Names are not interned: a hostile file could fill the table with names that collide. */
    static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private UntrustedJson() {}

    /** The bytes as text; {@link InvalidInput} where they are not UTF-8. */
    static String text(String where, ByteBuffer bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException malformed) {
            throw new InvalidInput(where + ": not UTF-8 (must be JSON)", malformed);
        }
    }
}
