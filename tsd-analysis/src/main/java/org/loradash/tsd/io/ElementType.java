package org.loradash.tsd.io;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The element types of safetensors that are read here, under the names that the format gives them. */
public enum ElementType {
    F64(Double.BYTES),
    F32(Float.BYTES),
    F16(Short.BYTES),
    BF16(Short.BYTES),
    I64(Long.BYTES),
    I32(Integer.BYTES),
    I16(Short.BYTES),
    I8(Byte.BYTES),
    U8(Byte.BYTES),
    BOOL(Byte.BYTES);

    private static final Map<String, ElementType> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toMap(ElementType::name, Function.identity()));

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** Whether the elements are floating-point numbers. */
    public boolean isFloating() {
        return switch (this) {
            case F64, F32, F16, BF16 -> true;
            case I64, I32, I16, I8, U8, BOOL -> false;
        };
    }

    /** The type of that name, or null where it is not one of these. */
    static ElementType named(String name) {
        return BY_NAME.get(name);
    }
}
