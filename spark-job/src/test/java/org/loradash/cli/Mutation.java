package org.loradash.cli;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Random changes of a file's bytes: a function of the bytes and a seed. */
final class Mutation {
    private static final String[] PIECES = {
        "-1",
        "0",
        "2147483648",
        "9223372036854775807",
        "99999999999999999999999",
        "1e999",
        "NaN",
        "null",
        "\"\"",
        "[]",
        "{}",
        "[[[[",
        "}}",
        "\"",
        "\\",
        "\\ud800",
        "../../",
        "\u0000",
        "${a}",
        "include \"/etc/passwd\"\n",
        "\u2028",
        "true"
    };

    private Mutation() {}

    static byte[] of(byte[] right, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] bytes = right;
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            bytes = changed(bytes, random);
        }
        return bytes;
    }

    private static byte[] changed(byte[] bytes, SplittableRandom random) {
        if (bytes.length == 0) {
            return new byte[] {(byte) random.nextInt(256)};
        }
        int at = random.nextInt(bytes.length);
        int to = at + random.nextInt(Math.min(64, bytes.length - at) + 1);
        byte[] piece = PIECES[random.nextInt(PIECES.length)].getBytes(StandardCharsets.UTF_8);
        return switch (random.nextInt(8)) {
            case 0 -> flipped(bytes, at, 1 << random.nextInt(8));
            case 1 -> flipped(bytes, at, random.nextInt(256));
            case 2 -> spliced(bytes, at, at, piece);
            case 3 -> spliced(bytes, at, to, piece);
            case 4 -> spliced(bytes, at, to, new byte[0]);
            case 5 -> spliced(bytes, at, at, Arrays.copyOfRange(bytes, at, to));
            case 6 -> number(bytes, random, piece);
            default -> random.nextInt(4) == 0 ? Arrays.copyOf(bytes, at) : flipped(bytes, at, 1);
        };
    }

    private static byte[] flipped(byte[] bytes, int at, int bits) {
        byte[] changed = bytes.clone();
        changed[at] ^= (byte) bits;
        return changed;
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] piece) {
        ByteArrayOutputStream changed = new ByteArrayOutputStream(bytes.length + piece.length);
        changed.write(bytes, 0, from);
        changed.writeBytes(piece);
        changed.write(bytes, to, bytes.length - to);
        return changed.toByteArray();
    }

    /** A number becomes something else. */
    private static byte[] number(byte[] bytes, SplittableRandom random, byte[] piece) {
        List<int[]> numbers = new ArrayList<>();
        for (int i = 0; i < bytes.length; i++) {
            int end = i;
            while (end < bytes.length && bytes[end] >= '0' && bytes[end] <= '9') {
                end++;
            }
            if (end > i) {
                numbers.add(new int[] {i, end});
                i = end;
            }
        }
        if (numbers.isEmpty()) {
            return bytes;
        }
        int[] chosen = numbers.get(random.nextInt(numbers.size()));
        return spliced(bytes, chosen[0], chosen[1], piece);
    }
}
