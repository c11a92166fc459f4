package org.loradash.data.tokenizer;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import java.io.IOException;
import java.util.Arrays;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;

/**
 * The tokenizer of a Hugging Face model directory: the same ids as {@code tokenizer(text)["input_ids"]} of
 * transformers, without truncation and padding, with the special tokens that the post-processor of tokenizer.json puts
 * before a text and without those that it puts behind it: a prompt is gone on with, and a record is ended by who makes it.
 * Any number of threads may use one; close it to free its native memory.
 */
public final class Tokenizer implements AutoCloseable {
    private final LibraryTokenizer tokenizer;
    private final int endOfText;
    private final boolean special;
    private final int behindText;

    /** @param special whether it puts tokens around a text */
    private Tokenizer(LibraryTokenizer tokenizer, int endOfText, boolean special) {
        this.tokenizer = tokenizer;
        this.endOfText = endOfText;
        this.special = special;
        this.behindText = special ? behindText(tokenizer) : 0;
    }

    /**
     * Reads the tokenizer of a model directory and which token ends a text.
     *
     * @throws InvalidInput when there is no tokenizer or it is none, or no file names an end-of-text token, or one names a
     *     token that is none
     */
    public static Tokenizer open(Configuration configuration, Path directory) throws IOException {
        return open(configuration, directory, true);
    }

    /** The same for texts that have their special tokens in them: it puts none before or behind one. */
    public static Tokenizer openAsItStands(Configuration configuration, Path directory) throws IOException {
        return open(configuration, directory, false);
    }

    private static Tokenizer open(Configuration configuration, Path directory, boolean special) throws IOException {
        TokenizerDirectory files = new TokenizerDirectory(configuration, directory);
        LibraryTokenizer tokenizer = LibraryTokenizer.open(files, OptionalInt.empty());
        boolean opened = false;
        try {
            Tokenizer whole = new Tokenizer(tokenizer, EndOfText.find(files, tokenizer::id), special);
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
        long[] ids = tokenizer.encode(text, special).getIds();
        int[] tokens = new int[ids.length - behindText + room];
        for (int i = 0; i < ids.length - behindText; i++) {
            tokens[i] = Math.toIntExact(ids[i]);
        }
        return tokens;
    }

    /**
     * The tokens of a text as it stands, with no special token put before or behind it.
     *
     * @param ids n of them
     * @param from where each begins in the text, counted in code points
     * @param to behind its last code point; as from where it is nowhere in the text
     */
    public record Located(int[] ids, int[] from, int[] to) {}

    /**
     * The ids of a text as it stands: {@code tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)}. Special
     * tokens that the text spells are special tokens.
     *
     * @throws InvalidInput when tokenizer.json has no tokens for it
     */
    public Located locate(String text) {
        Encoding encoding = tokenizer.encode(text, false);
        long[] ids = encoding.getIds();
        CharSpan[] spans = encoding.getCharTokenSpans();
        Located located = new Located(new int[ids.length], new int[ids.length], new int[ids.length]);
        for (int i = 0; i < ids.length; i++) {
            located.ids[i] = Math.toIntExact(ids[i]);
            if (spans[i] != null) {
                located.from[i] = spans[i].getStart();
                located.to[i] = spans[i].getEnd();
            }
        }
        return located;
    }

    /** The text of tokens, special ones too. */
    public String decodeAll(int[] tokens) {
        return tokenizer.decodeAll(Arrays.stream(tokens).asLongStream().toArray());
    }

    /** The text of tokens, without special ones. */
    public String decode(int[] tokens) {
        return tokenizer.decode(Arrays.stream(tokens).asLongStream().toArray());
    }

    /** The token that ends a text. */
    public int endOfText() {
        return endOfText;
    }

    @Override
    public void close() {
        tokenizer.close();
    }

    /** How many special tokens the tokenizer puts behind a text. */
    private static int behindText(LibraryTokenizer tokenizer) {
        long[] special = tokenizer.encode("a", true).getSpecialTokenMask();
        int behind = 0;
        while (behind < special.length && special[special.length - 1 - behind] == 1) {
            behind++;
        }
        return behind;
    }
}
