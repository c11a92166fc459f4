package org.loradash.tsd.io;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.loradash.tsd.InvalidInput;

/**
 * Reads the pickles of state dictionaries: the opcodes that torch.save writes (protocol 2), out of which come tensors,
 * dictionaries, lists, texts and numbers, and nothing else. It makes no object by a name: what a file names must be in a
 * short list, as in torch's own {@code _weights_only_unpickler.py}. Memory is bounded by the pickle's length, which is
 * limited, and by the number of its opcodes.
 *
 * <p>A reader for all pickles, such as net.razorvine's, has constructors of other things registered for every use of it in the
 * process, and allocates what a pickle claims to hold.
 */
final class Pickle {
    private static final int MOST_OPCODES = 1_000_000;
    private static final int MOST_DIMENSIONS = 8;
    private static final int LONGEST_TEXT = 1 << 16;

    /** What a pickle may name, by module and name. */
    private static final Map<String, Object> NAMED = Map.ofEntries(
            Map.entry("collections OrderedDict", (Constructor) Pickle::emptyDictionary),
            Map.entry("torch._utils _rebuild_tensor_v2", (Constructor) Tensor::of),
            Map.entry("torch._utils _rebuild_parameter", (Constructor) arguments -> (Tensor) arguments.get(0)),
            Map.entry("torch DoubleStorage", ElementType.F64),
            Map.entry("torch FloatStorage", ElementType.F32),
            Map.entry("torch HalfStorage", ElementType.F16),
            Map.entry("torch BFloat16Storage", ElementType.BF16),
            Map.entry("torch LongStorage", ElementType.I64),
            Map.entry("torch IntStorage", ElementType.I32),
            Map.entry("torch ShortStorage", ElementType.I16),
            Map.entry("torch CharStorage", ElementType.I8),
            Map.entry("torch ByteStorage", ElementType.U8),
            Map.entry("torch BoolStorage", ElementType.BOOL));

    private interface Constructor {
        Object of(List<?> arguments);
    }

    /** What stands on the stack beside values. */
    private enum Sign {
        MARK,
        NONE
    }

    /**
     * The numbers of some tensors, which are not in the pickle.
     *
     * @param key names them in the file
     * @param elements how many there are
     */
    record Storage(ElementType type, String key, long elements) {
        private static Storage of(List<?> id) {
            boolean isView = id.size() > 5 && id.get(5) != Sign.NONE;
            require(id.get(0).equals("storage") && !isView);
            return new Storage((ElementType) id.get(1), (String) id.get(2), (Long) id.get(4));
        }
    }

    /**
     * A tensor.
     *
     * @param offset of its first element in the storage
     * @param strides how many elements of the storage lie from one index of a dimension to the next
     */
    record Tensor(Storage storage, long offset, long[] shape, long[] strides) {
        private static Tensor of(List<?> arguments) {
            return new Tensor(
                    (Storage) arguments.get(0), (Long) arguments.get(1), longs((List<?>) arguments.get(2)), longs((List<
                                    ?>)
                            arguments.get(3)));
        }

        private static long[] longs(List<?> numbers) {
            require(numbers.size() <= MOST_DIMENSIONS);
            return numbers.stream().mapToLong(number -> (Long) number).toArray();
        }
    }

    private final String where;
    private final ByteBuffer in;
    private final List<Object> stack = new ArrayList<>();
    private final Map<Integer, Object> memo = new HashMap<>();

    private Pickle(String where, ByteBuffer in) {
        this.where = where;
        this.in = in.order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Reads one pickle.
     *
     * @param where the file, for errors
     * @param bytes that begin with the pickle; their position is behind it afterwards
     * @return a {@link Tensor}, Map, List, String, Long, Double or Boolean, or what stands for None
     * @throws InvalidInput where it is cut, malformed, or holds anything else
     */
    static Object read(String where, ByteBuffer bytes) {
        try {
            return new Pickle(where, bytes).value();
        } catch (Malformed | BufferUnderflowException | ClassCastException | IndexOutOfBoundsException malformed) {
            // Too few values on the stack, or others than torch.save has there.
            throw new InvalidInput(
                    where + ": damaged before byte " + bytes.position() + " (must be a pickle of torch.save)",
                    malformed);
        }
    }

    private Object value() {
        for (int opcodes = 0; opcodes < MOST_OPCODES; opcodes++) {
            int opcode = Byte.toUnsignedInt(in.get());
            if (opcode == '.') {
                return pop();
            }
            step(opcode);
        }
        throw InvalidInput.of(where, "a pickle without end", "must have at most " + MOST_OPCODES + " opcodes");
    }

    /** Does what one opcode asks for; their meaning is that of Python's pickletools. */
    private void step(int opcode) {
        switch (opcode) {
            case 0x80 -> version(in.get()); // PROTO
            case '(' -> stack.add(Sign.MARK);
            case 'N' -> stack.add(Sign.NONE);
            case 0x88 -> stack.add(true);
            case 0x89 -> stack.add(false);
            case 'K' -> stack.add((long) Byte.toUnsignedInt(in.get())); // BININT1
            case 'M' -> stack.add((long) Short.toUnsignedInt(in.getShort())); // BININT2
            case 'J' -> stack.add((long) in.getInt()); // BININT
            case 0x8a -> stack.add(integer(in.get())); // LONG1
            case 'G' -> stack.add(Double.longBitsToDouble(Long.reverseBytes(in.getLong()))); // BINFLOAT, big-endian
            case 'X' -> stack.add(text(in.getInt())); // BINUNICODE
            case ']' -> stack.add(new ArrayList<>()); // EMPTY_LIST
            case '}' -> stack.add(new LinkedHashMap<String, Object>()); // EMPTY_DICT
            case ')' -> stack.add(new ArrayList<>()); // EMPTY_TUPLE
            case 't' -> stack.add(marked()); // TUPLE
            case 0x85 -> stack.add(last(1)); // TUPLE1
            case 0x86 -> stack.add(last(2));
            case 0x87 -> stack.add(last(3));
            case 'a' -> append(last(1)); // APPEND
            case 'e' -> append(marked());
            case 's' -> put(last(2)); // SETITEM
            case 'u' -> put(marked());
            case 'q' -> memo.put(Byte.toUnsignedInt(in.get()), peek()); // BINPUT
            case 'r' -> memo.put(in.getInt(), peek());
            case 'h' -> recall(Byte.toUnsignedInt(in.get())); // BINGET
            case 'j' -> recall(in.getInt());
            case 'c' -> stack.add(named(line() + " " + line())); // GLOBAL
            case 'R' -> { // REDUCE
                List<?> arguments = (List<?>) pop();
                stack.add(((Constructor) pop()).of(arguments));
            }
            case 'b' -> { // BUILD: the versions of a state dictionary's modules
                pop();
                Map.class.cast(peek());
            }
            case 'Q' -> stack.add(Storage.of((List<?>) pop())); // BINPERSID
            default -> throw InvalidInput.of(
                    where,
                    "opcode 0x%02x at byte %d".formatted(opcode, in.position() - 1),
                    "must be one that torch.save writes with its own protocol, 2");
        }
    }

    private void version(int protocol) {
        if (protocol != 2) {
            throw InvalidInput.of(where, "pickle protocol " + protocol, "must be 2, torch.save's own");
        }
    }

    /** A number of at most 8 bytes, the lowest first, signed. */
    private long integer(int bytes) {
        require(bytes >= 0 && bytes <= Long.BYTES);
        long value = 0;
        for (int shift = 0; shift < bytes * Byte.SIZE; shift += Byte.SIZE) {
            value |= Byte.toUnsignedLong(in.get()) << shift;
        }
        int unused = Long.SIZE - bytes * Byte.SIZE;
        return bytes == 0 ? 0 : value << unused >> unused;
    }

    private String text(int length) {
        require(length >= 0 && length <= LONGEST_TEXT);
        byte[] bytes = new byte[length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private String line() {
        int begin = in.position();
        while (in.get() != '\n') {
            // The line's end is looked for.
        }
        int end = in.position();
        in.position(begin);
        return text(end - begin).stripTrailing();
    }

    private Object named(String name) {
        Object known = NAMED.get(name);
        if (known == null) {
            throw InvalidInput.of(
                    where,
                    Message.oneLine(name.replace(' ', '.')),
                    "must be what a state dictionary is made of: tensors, dictionaries, texts and numbers");
        }
        return known;
    }

    private Object peek() {
        return stack.get(stack.size() - 1);
    }

    private Object pop() {
        return stack.remove(stack.size() - 1);
    }

    /** Takes the topmost values. */
    private List<Object> last(int count) {
        List<Object> top = stack.subList(stack.size() - count, stack.size());
        List<Object> taken = new ArrayList<>(top);
        top.clear();
        return taken;
    }

    /** Takes what is above the topmost mark, and the mark. */
    private List<Object> marked() {
        int mark = stack.lastIndexOf(Sign.MARK);
        List<Object> taken = last(stack.size() - mark - 1);
        stack.remove(mark);
        return taken;
    }

    @SuppressWarnings("unchecked")
    private void append(List<Object> values) {
        ((List<Object>) peek()).addAll(values);
    }

    @SuppressWarnings("unchecked")
    private void put(List<Object> keysAndValues) {
        Map<String, Object> map = (Map<String, Object>) peek();
        for (int i = 0; i < keysAndValues.size(); i += 2) {
            map.put((String) keysAndValues.get(i), keysAndValues.get(i + 1));
        }
    }

    private void recall(int index) {
        require(memo.containsKey(index));
        stack.add(memo.get(index));
    }

    private static Map<String, Object> emptyDictionary(List<?> arguments) {
        require(arguments.isEmpty());
        return new LinkedHashMap<>();
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new Malformed();
        }
    }

    private static final class Malformed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
