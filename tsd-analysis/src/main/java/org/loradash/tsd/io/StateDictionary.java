package org.loradash.tsd.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;

/**
 * The tensors of a file that torch.save made of a state dictionary, such as pytorch_model.bin.
 *
 * <p>There are two formats. Since torch 1.6 it is a zip file with the dictionary's pickle, {@code NAME/data.pkl}, and the
 * numbers of each storage, {@code NAME/data/KEY}. Before, it was four pickles one behind the other (a magic number, a
 * version, facts about the machine, the dictionary), a pickle of the storages' keys, and in that order each storage's
 * number of elements, in eight bytes, and its numbers. Both are little-endian.
 */
final class StateDictionary {
    /** What the names of such files end in. */
    static final String ENDING = ".bin";

    private static final int LONGEST_PICKLE = 4 << 20;
    private static final byte[] ZIP = {'P', 'K', 3, 4};

    /** The pickle of the older format's magic number. */
    private static final byte[] MAGIC = {
        (byte) 0x80,
        2,
        (byte) 0x8a,
        10,
        0x6c,
        (byte) 0xfc,
        (byte) 0x9c,
        0x46,
        (byte) 0xf9,
        0x20,
        0x6a,
        (byte) 0xa8,
        0x50,
        0x19,
        '.'
    };

    private static final Pattern PICKLE = Pattern.compile("[^/]+/data\\.pkl");
    private static final long VERSION = 1001;

    private StateDictionary() {}

    /**
     * Reads which tensors a file has and where they lie, without their elements.
     *
     * @throws InvalidInput where the file is cut, of another format, or holds anything but tensors
     */
    static Map<String, StoredTensor> read(Path path, FSDataInputStream file, long fileBytes) throws IOException {
        byte[] first =
                StoredZip.read(file, 0, (int) Math.min(MAGIC.length, fileBytes)).array();
        if (Arrays.equals(first, MAGIC)) {
            return sequence(path, file, fileBytes);
        }
        if (first.length > ZIP.length && Arrays.equals(Arrays.copyOf(first, ZIP.length), ZIP)) {
            return zip(path, file, fileBytes);
        }
        throw InvalidInput.of(
                path.toString(), "another format", "must be a file of torch.save, or safetensors; is it cut?");
    }

    private static Map<String, StoredTensor> zip(Path path, FSDataInputStream file, long fileBytes) throws IOException {
        Map<String, StoredZip.Entry> entries =
                StoredZip.read(path, file, fileBytes).entries();
        List<String> pickles =
                entries.keySet().stream().filter(PICKLE.asMatchPredicate()).toList();
        if (pickles.size() != 1) {
            throw InvalidInput.of(
                    path.toString(), pickles.size() + " of NAME/data.pkl", "must have one, as torch.save does");
        }
        String folder = pickles.get(0).replace("data.pkl", "");
        StoredZip.Entry order = entries.get(folder + "byteorder");
        if (order != null && !text(order, file).equals("little")) {
            throw InvalidInput.of(order.where(), "not little", "must be the byte order of the numbers, little");
        }
        StoredZip.Entry pickle = entries.get(pickles.get(0));
        return tensors(pickle.where(), Pickle.read(pickle.where(), content(pickle, file)), storage -> {
            StoredZip.Entry entry = entries.get(folder + "data/" + storage.key());
            if (entry == null || entry.bytes() != bytes(storage)) {
                throw InvalidInput.of(
                        path + ": data/" + Message.oneLine(storage.key()),
                        entry == null ? "absent" : entry.bytes() + " bytes",
                        "must hold " + storage.elements() + " numbers of type " + storage.type());
            }
            return entry;
        });
    }

    private static String text(StoredZip.Entry entry, FSDataInputStream file) throws IOException {
        return new String(content(entry, file).array(), StandardCharsets.UTF_8);
    }

    private static ByteBuffer content(StoredZip.Entry entry, FSDataInputStream file) throws IOException {
        if (entry.bytes() > LONGEST_PICKLE) {
            throw InvalidInput.of(entry.where(), entry.bytes() + " bytes", "must be at most " + LONGEST_PICKLE);
        }
        return StoredZip.read(file, entry.begin(file), (int) entry.bytes());
    }

    private static Map<String, StoredTensor> sequence(Path path, FSDataInputStream file, long fileBytes)
            throws IOException {
        String where = path.toString();
        ByteBuffer pickles = StoredZip.read(file, 0, (int) Math.min(LONGEST_PICKLE, fileBytes));
        pickles.position(MAGIC.length);
        Object version = Pickle.read(where, pickles);
        Object machine = Pickle.read(where, pickles);
        boolean little = machine instanceof Map<?, ?> facts && Boolean.TRUE.equals(facts.get("little_endian"));
        if (!Objects.equals(version, VERSION) || !little) {
            throw InvalidInput.of(where, "version or byte order", "must be " + VERSION + ", and little-endian");
        }
        Object dictionary = Pickle.read(where, pickles);
        Object keys = Pickle.read(where, pickles);
        Map<Object, Pickle.Storage> storages = new HashMap<>();
        tensors(where, dictionary, storage -> {
            storages.put(storage.key(), storage);
            return null;
        });
        Map<Pickle.Storage, StoredTensor.Block> blocks = new HashMap<>();
        long at = pickles.position();
        for (Object key : keys instanceof List<?> list ? list : List.of()) {
            Pickle.Storage storage = storages.remove(key);
            if (storage == null || bytes(storage) > fileBytes - at - Long.BYTES) {
                throw InvalidInput.of(where, "a storage", "must be that of a tensor, and in the file; is it cut?");
            }
            long begin = at + Long.BYTES;
            blocks.put(storage, input -> begin);
            at = begin + bytes(storage);
        }
        if (at != fileBytes) {
            throw InvalidInput.of(where, fileBytes + " bytes", "must be " + at + ", the end of the last tensor");
        }
        return tensors(where, dictionary, storage -> {
            if (!blocks.containsKey(storage)) {
                throw InvalidInput.of(where, "a storage", "must be listed once, behind the dictionary");
            }
            return blocks.get(storage);
        });
    }

    private static long bytes(Pickle.Storage storage) {
        return storage.elements() * storage.type().bytes();
    }

    /**
     * What a dictionary holds, checked.
     *
     * @param blocks says where the numbers of a storage lie
     */
    private static Map<String, StoredTensor> tensors(
            String where, Object dictionary, Function<Pickle.Storage, StoredTensor.Block> blocks) {
        if (!(dictionary instanceof Map<?, ?> named)) {
            throw new InvalidInput(where + ": no dictionary (must be one of tensors by their names)");
        }
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        named.forEach((key, value) -> {
            String name = (String) key;
            if (!(value instanceof Pickle.Tensor tensor) || !fits(tensor)) {
                throw InvalidInput.of(
                        where,
                        Message.oneLine(name),
                        "must be a tensor within its storage, as all in a state dictionary are");
            }
            Pickle.Storage storage = tensor.storage();
            TensorInfo info = new TensorInfo(name, storage.type(), tensor.shape());
            long offset = tensor.offset() * storage.type().bytes();
            tensors.put(name, new StoredTensor(info, blocks.apply(storage), offset, tensor.strides()));
        });
        return tensors;
    }

    /**
     * Whether all elements of a tensor are in its storage, and as many as it has at most: a stride of 0 makes a tensor of any
     * size out of one number.
     */
    private static boolean fits(Pickle.Tensor tensor) {
        Pickle.Storage storage = tensor.storage();
        long[] shape = tensor.shape();
        long[] strides = tensor.strides();
        boolean natural = LongStream.of(shape).allMatch(dimension -> dimension >= 0)
                && LongStream.of(strides).allMatch(stride -> stride >= 0);
        if (!natural || strides.length != shape.length || tensor.offset() < 0 || storage.elements() < 0) {
            return false;
        }
        try {
            Math.multiplyExact(storage.elements(), storage.type().bytes());
            long elements = 1;
            long last = tensor.offset();
            for (int dimension = 0; dimension < shape.length; dimension++) {
                elements = Math.multiplyExact(elements, shape[dimension]);
                last = Math.addExact(last, Math.multiplyExact(Math.max(shape[dimension] - 1, 0), strides[dimension]));
            }
            return elements == 0 || elements <= storage.elements() && last < storage.elements();
        } catch (ArithmeticException overflow) {
            return false;
        }
    }
}
