package org.loradash.data;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;

/**
 * The tokenizer of a Hugging Face model directory: the same ids as {@code tokenizer(text)["input_ids"]} of
 * transformers, with the special tokens that the post-processor of tokenizer.json itself adds, without truncation and
 * padding. Any number of threads may use one; close it to free its native memory.
 */
public final class Tokenizer implements AutoCloseable {
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

    private final Path file;
    private final HuggingFaceTokenizer tokenizer;
    private final int endOfText;

    private Tokenizer(Path file, HuggingFaceTokenizer tokenizer, int endOfText) {
        this.file = file;
        this.tokenizer = tokenizer;
        this.endOfText = endOfText;
    }

    /**
     * Reads tokenizer.json of a model directory, and which token ends a text.
     *
     * @throws InvalidInput when tokenizer.json is missing or not a tokenizer, or no file names an end-of-text token
     */
    public static Tokenizer open(Configuration configuration, Path directory) throws IOException {
        Path file = new Path(directory, "tokenizer.json");
        byte[] json = InputFile.bytes(configuration, file, "model.path", LARGEST_TOKENIZER);
        HuggingFaceTokenizer tokenizer = parse(json, file);
        boolean opened = false;
        try {
            int endOfText = EndOfText.find(configuration, directory, token -> only(tokenizer, token, file));
            opened = true;
            return new Tokenizer(file, tokenizer, endOfText);
        } finally {
            if (!opened) {
                tokenizer.close();
            }
        }
    }

    /**
     * The ids of a text, with the special tokens that the tokenizer adds of itself.
     *
     * @throws InvalidInput when tokenizer.json has no tokens for it
     */
    public int[] encode(String text) {
        long[] ids = encoded(tokenizer, text, true, file).getIds();
        int[] tokens = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            tokens[i] = Math.toIntExact(ids[i]);
        }
        return tokens;
    }

    /** The text of tokens, without special ones. */
    public String decode(int[] tokens) {
        return tokenizer.decode(Arrays.stream(tokens).asLongStream().toArray(), true);
    }

    /** The token that ends a text. */
    public int endOfText() {
        return endOfText;
    }

    @Override
    public void close() {
        tokenizer.close();
    }

    private static HuggingFaceTokenizer parse(byte[] json, Path file) throws IOException {
        Map<String, String> options = Map.of("addSpecialTokens", "true", "truncation", "false", "padding", "false");
        try {
            return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), options);
        } catch (EngineException notLoaded) {
            throw notLoaded; // the native library is missing here, which is no fault of the file
        } catch (RuntimeException refused) {
            throw refused(file, "not a tokenizer", refused);
        }
    }

    private static Encoding encoded(HuggingFaceTokenizer tokenizer, String text, boolean special, Path file) {
        try {
            return tokenizer.encode(text, special, false);
        } catch (RuntimeException refused) {
            throw refused(file, "cannot tokenise", refused);
        }
    }

    private static InvalidInput refused(Path file, String what, RuntimeException reason) {
        return new InvalidInput(
                "model.path: " + file + ": " + what + ": " + Message.oneLine(String.valueOf(reason.getMessage()))
                        + " (must be a tokenizer of Hugging Face)",
                reason);
    }

    /** The id of a token that the text is as a whole; a text that becomes the unknown token is none. */
    private static OptionalInt only(HuggingFaceTokenizer tokenizer, String text, Path file) {
        Encoding encoding = encoded(tokenizer, text, false, file);
        return encoding.getIds().length == 1 && encoding.getTokens()[0].equals(text)
                ? OptionalInt.of(Math.toIntExact(encoding.getIds()[0]))
                : OptionalInt.empty();
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getenv(property) == null && System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
