package org.loradash.data.tokenizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/**
 * A field of a protocol buffer message, as it lies in the file (protobuf.dev/programming-guides/encoding).
 *
 * @param number what the message's definition calls it
 * @param bits of a number
 * @param bytes of a text, bytes or a message, a part of the message's own
 */
record ProtobufField(int number, int type, long bits, ByteBuffer bytes) {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH = 2;
    private static final int FIXED32 = 5;
    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    /**
     * Visits the fields of a message in order.
     *
     * @throws IllegalArgumentException where it is none
     */
    static void forEach(ByteBuffer message, Consumer<ProtobufField> visitor) {
        ByteBuffer rest = message.slice().order(ByteOrder.LITTLE_ENDIAN);
        while (rest.hasRemaining()) {
            long tag = varint(rest);
            int number = (int) (tag >>> 3);
            int type = (int) tag & 7;
            visitor.accept(
                    switch (type) {
                        case VARINT -> new ProtobufField(number, type, varint(rest), NONE);
                        case FIXED64 -> new ProtobufField(
                                number, type, part(rest, Long.BYTES).getLong(), NONE);
                        case FIXED32 -> new ProtobufField(
                                number, type, part(rest, Integer.BYTES).getInt(), NONE);
                        case LENGTH -> new ProtobufField(number, type, 0, part(rest, varint(rest)));
                        default -> throw new IllegalArgumentException("a field of type " + type);
                    });
        }
    }

    /** A whole number of 32 bits. */
    int whole() {
        check(VARINT);
        return (int) bits;
    }

    float real() {
        check(FIXED32);
        return Float.intBitsToFloat((int) bits);
    }

    /** What a text, bytes or a message is made of. */
    ByteBuffer content() {
        check(LENGTH);
        return bytes;
    }

    private void check(int expected) {
        if (type != expected) {
            throw new IllegalArgumentException("field " + number + " has type " + type + ", not " + expected);
        }
    }

    private static long varint(ByteBuffer from) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = part(from, 1).get();
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number of more than 64 bits");
    }

    private static ByteBuffer part(ByteBuffer from, long bytes) {
        if (bytes < 0 || bytes > from.remaining()) {
            throw new IllegalArgumentException("cut short");
        }
        ByteBuffer part = from.slice(from.position(), (int) bytes).order(ByteOrder.LITTLE_ENDIAN);
        from.position(from.position() + (int) bytes);
        return part;
    }
}
