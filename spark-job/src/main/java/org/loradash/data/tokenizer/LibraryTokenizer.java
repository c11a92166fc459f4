package org.loradash.data.tokenizer;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;

/** Hugging Face's library with the tokenizer of a model directory. Any number of threads may use one. */
final class LibraryTokenizer implements AutoCloseable {
    static final String FILE = "tokenizer.json";
    private static final int LARGEST_TOKENIZER = 96 << 20;

    static {
        // DJL reads each of these from the environment and otherwise from the system properties, when its classes load.
        // Its native library lies in its jar and is unpacked to a cache directory (DJL_CACHE_DIR, else .djl.ai in the
        // user's home, else in java.io.tmpdir). On a machine with CUDA it would download another build of it, unless
        // told that this one will do.
        setUnlessSet("RUST_FLAVOR", "cpu");
        // It would also send a usage report on its first use.
        setUnlessSet("OPT_OUT_TRACKING", "true");
    }

    private final Path place;
    private final HuggingFaceTokenizer tokenizer;

    private LibraryTokenizer(Path place, HuggingFaceTokenizer tokenizer) {
        this.place = place;
        this.tokenizer = tokenizer;
    }

    /**
     * Reads tokenizer.json, or makes it of a directory's other files, and the tokens that others add to it.
     *
     * @param cutoff the most tokens of a text or a pair, special ones among them, the longest of two shortened first;
     *     nothing for all. What tokenizer.json says itself of truncation and padding does not count
     * @throws InvalidInput where there is no tokenizer, or it is none
     */
    static LibraryTokenizer open(TokenizerDirectory directory, OptionalInt cutoff) throws IOException {
        boolean own = directory.has(FILE);
        Path place = own ? directory.file(FILE) : directory.path();
        byte[] json = own
                ? checked(directory, directory.bytes(FILE, LARGEST_TOKENIZER))
                : TokenizerForm.json(directory).toString().getBytes(StandardCharsets.UTF_8);
        LibraryTokenizer tokenizer = parse(json, place, cutoff);
        boolean kept = false;
        try {
            // Of the tokens that other files add, those that tokenizer.json lacks would otherwise be plain text.
            List<ObjectNode> added = directory.addedTokens();
            added.removeIf(
                    token -> tokenizer.id(token.get("content").textValue()).isPresent());
            kept = added.isEmpty();
            return kept ? tokenizer : parse(directory.with(json, added), place, cutoff);
        } finally {
            if (!kept) {
                tokenizer.close();
            }
        }
    }

    private static byte[] checked(TokenizerDirectory directory, byte[] json) throws IOException {
        try {
            TokenizerJson.check(new String(json, StandardCharsets.UTF_8));
            return json;
        } catch (IllegalArgumentException hostile) {
            throw directory.mistake(
                    FILE, "not a tokenizer: " + hostile.getMessage(), "must be a tokenizer of Hugging Face");
        }
    }

    private static LibraryTokenizer parse(byte[] json, Path place, OptionalInt cutoff) throws IOException {
        String most = String.valueOf(cutoff.orElse(0));
        Map<String, String> options = cutoff.isEmpty()
                ? Map.of("truncation", "false", "padding", "false")
                : Map.of(
                        "truncation", "longest_first",
                        "maxLength", most,
                        "modelMaxLength", most,
                        "stride", "0",
                        "padding", "false");
        try {
            return new LibraryTokenizer(
                    place, HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), options));
        } catch (EngineException notLoaded) {
            throw notLoaded; // the native library is missing here, which is no fault of the file
        } catch (RuntimeException refused) {
            throw refused(place, "not a tokenizer", refused);
        }
    }

    /**
     * A text's tokens.
     *
     * @param special whether with the tokens that the tokenizer puts around it
     */
    Encoding encode(String text, boolean special) {
        try {
            return tokenizer.encode(text, special, false);
        } catch (RuntimeException refused) {
            throw refused(place, "cannot tokenise", refused);
        }
    }

    /** A pair's tokens, with those that the tokenizer puts around and between. */
    Encoding encode(String first, String second) {
        try {
            return tokenizer.encode(first, second, true, false);
        } catch (RuntimeException refused) {
            throw refused(place, "cannot tokenise", refused);
        }
    }

    /** The text of tokens, without special ones. */
    String decode(long[] tokens) {
        return tokenizer.decode(tokens, true);
    }

    /** The text of tokens, special ones too. */
    String decodeAll(long[] tokens) {
        return tokenizer.decode(tokens, false);
    }

    /** The id of a token that the text is as a whole; a text that becomes the unknown token is none. */
    OptionalInt id(String text) {
        Encoding encoding = encode(text, false);
        return encoding.getIds().length == 1 && encoding.getTokens()[0].equals(text)
                ? OptionalInt.of(Math.toIntExact(encoding.getIds()[0]))
                : OptionalInt.empty();
    }

    @Override
    public void close() {
        tokenizer.close();
    }

    private static InvalidInput refused(Path place, String what, RuntimeException reason) {
        return new InvalidInput(
                "model.path: " + place + ": " + what + ": " + Message.oneLine(String.valueOf(reason.getMessage()))
                        + " (must be a tokenizer of Hugging Face)",
                reason);
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getenv(property) == null && System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
