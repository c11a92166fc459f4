package org.loradash.data;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
 * transformers, without truncation and padding, with the special tokens that the post-processor of tokenizer.json puts
 * before a text and without those that it puts behind it: a prompt is gone on with, and a record is ended by who makes it.
 * Any number of threads may use one; close it to free its native memory.
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
    private final int behindText;

    private Tokenizer(Path file, HuggingFaceTokenizer tokenizer, int endOfText) {
        this.file = file;
        this.tokenizer = tokenizer;
        this.endOfText = endOfText;
        this.behindText = behindText(tokenizer, file);
    }

    /**
     * Reads tokenizer.json of a model directory, the tokens that tokenizer_config.json adds to it, and which token ends a
     * text.
     *
     * @throws InvalidInput when tokenizer.json is missing or not a tokenizer, or no file names an end-of-text token, or one
     *     names a token that is none
     */
    public static Tokenizer open(Configuration configuration, Path directory) throws IOException {
        Path file = new Path(directory, "tokenizer.json");
        byte[] json = InputFile.bytes(configuration, file, "model.path", LARGEST_TOKENIZER);
        HuggingFaceTokenizer tokenizer = withAdded(parse(json, file), json, file, configuration);
        boolean opened = false;
        try {
            int endOfText = EndOfText.find(configuration, directory, token -> only(tokenizer, token, file));
            Tokenizer whole = new Tokenizer(file, tokenizer, endOfText);
            opened = true;
            return whole;
        } finally {
            if (!opened) {
                tokenizer.close();
            }
        }
    }

    /**
     * The ids of a text that goes on, with the special tokens that the tokenizer puts before it.
     *
     * @throws InvalidInput when tokenizer.json has no tokens for it
     */
    public int[] encode(String text) {
        return encode(text, 0);
    }

    /**
     * The ids of a text that ends, with one end-of-text token behind it: its own where it has one there.
     *
     * @throws InvalidInput likewise
     */
    public int[] encodeEnded(String text) {
        int[] tokens = encode(text, 1);
        int last = tokens.length - 1;
        if (last > 0 && tokens[last - 1] == endOfText) {
            return Arrays.copyOf(tokens, last);
        }
        tokens[last] = endOfText;
        return tokens;
    }

    /** @param room for tokens behind the text's own */
    private int[] encode(String text, int room) {
        long[] ids = encoded(tokenizer, text, true, file).getIds();
        int[] tokens = new int[ids.length - behindText + room];
        for (int i = 0; i < ids.length - behindText; i++) {
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

    /** Of the tokens that tokenizer_config.json adds, those that tokenizer.json lacks would otherwise be plain text. */
    private static HuggingFaceTokenizer withAdded(
            HuggingFaceTokenizer tokenizer, byte[] json, Path file, Configuration configuration) throws IOException {
        boolean kept = false;
        try {
            Map<Integer, ObjectNode> added = TokenizerFile.addedTokens(configuration, file.getParent());
            added.values()
                    .removeIf(token -> only(tokenizer, token.path("content").textValue(), file)
                            .isPresent());
            kept = added.isEmpty();
            return kept ? tokenizer : parse(TokenizerFile.with(json, added), file);
        } finally {
            if (!kept) {
                tokenizer.close();
            }
        }
    }

    /** How many special tokens the tokenizer puts behind a text. */
    private static int behindText(HuggingFaceTokenizer tokenizer, Path file) {
        long[] special = encoded(tokenizer, "a", true, file).getSpecialTokenMask();
        int behind = 0;
        while (behind < special.length && special[special.length - 1 - behind] == 1) {
            behind++;
        }
        return behind;
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
