package org.loradash.data.tokenizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;

/**
 * SentencePiece's map of characters: a double-array trie (Aoe 1989, as darts-clone keeps it) of what is replaced, whose values
 * are places in one text of what it becomes. The library follows the trie without looking where it leads, and ends the
 * process where that is outside.
 */
final class CharacterMap {
    private static final int LABELS = 256;

    private CharacterMap() {}

    /**
     * Follows the trie everywhere.
     *
     * @throws IllegalArgumentException where it leads outside, or the text is none
     */
    static void check(byte[] map) {
        if (map.length == 0) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.wrap(map).order(ByteOrder.LITTLE_ENDIAN);
        long size = map.length < Integer.BYTES ? -1 : bytes.getInt() & 0xffffffffL;
        if (size < Integer.BYTES || size % Integer.BYTES != 0 || size > bytes.remaining()) {
            throw new IllegalArgumentException(
                    "a map of characters of " + map.length + " bytes with a trie of " + size);
        }
        ByteBuffer units = bytes.slice(bytes.position(), (int) size).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer text = bytes.slice(bytes.position() + (int) size, bytes.remaining() - (int) size);
        try {
            StandardCharsets.UTF_8.newDecoder().decode(text.duplicate());
        } catch (CharacterCodingException notText) {
            throw new IllegalArgumentException("a map of characters to what is not UTF-8", notText);
        }
        follow(units, text);
    }

    private static void follow(ByteBuffer units, ByteBuffer text) {
        BitSet seen = new BitSet();
        Deque<Integer> nodes = new ArrayDeque<>();
        nodes.push(0);
        while (!nodes.isEmpty()) {
            int node = nodes.pop();
            int unit = unit(units, node);
            int children = node ^ offset(unit);
            if ((unit >>> 8 & 1) == 1) {
                checkValue(unit(units, children) & Integer.MAX_VALUE, text);
            }
            for (int label = 1; label < LABELS; label++) {
                int child = children ^ label;
                // A child that is none has another label; the library looks there all the same.
                if ((unit(units, child) & 0x800000ff) == label && !seen.get(child)) {
                    seen.set(child);
                    nodes.push(child);
                }
            }
        }
    }

    private static int offset(int unit) {
        return unit >>> 10 << ((unit & 1 << 9) >>> 6);
    }

    private static int unit(ByteBuffer units, int index) {
        if (index < 0 || index >= units.limit() / Integer.BYTES) {
            throw new IllegalArgumentException("a map of characters that leads outside its trie");
        }
        return units.getInt(index * Integer.BYTES);
    }

    /** A text must begin where a character does. */
    private static void checkValue(int value, ByteBuffer text) {
        if (value > text.limit() || value < text.limit() && (text.get(value) & 0xc0) == 0x80) {
            throw new IllegalArgumentException("a map of characters that leads outside its text");
        }
    }
}
