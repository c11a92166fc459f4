package org.loradash.tsd.io;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.loradash.tsd.InvalidInput;

/**
 * The checked header of one safetensors file: its tensors, in the order of their bytes, and its metadata.
 *
 * <p>The format: eight bytes with the header's length, little-endian; the header, JSON; the tensors' bytes. They fill the data section exactly, without holes and without overlaps, as the format's reference
 * implementation demands (github.com/huggingface/safetensors, {@code Metadata::validate}).
 */
record SafetensorsHeader(Map<String, StoredTensor> tensors, Map<String, String> metadata) {
    /** The longest header accepted, in bytes, as in the reference implementation. */
    static final int LONGEST = 100_000_000;

    static final String METADATA = "__metadata__";

    /**
     * Reads and checks the header of a file.
     *
     * @throws InvalidInput where the file is cut, or not a well-formed safetensors file
     */
    static SafetensorsHeader read(Path path, FSDataInputStream input, long fileBytes) throws IOException {
        if (fileBytes < Long.BYTES) {
            throw InvalidInput.of(path.toString(), fileBytes + " bytes", "must be a safetensors file; is it cut?");
        }
        ByteBuffer prefix = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        input.readFully(0, prefix.array(), 0, Long.BYTES);
        long headerBytes = prefix.getLong(0);
        long longest = Math.min(LONGEST, fileBytes - Long.BYTES);
        if (headerBytes < 0 || headerBytes > longest) {
            throw InvalidInput.of(
                    path + ": header length",
                    Long.toUnsignedString(headerBytes),
                    "must be at most " + longest + " in a file of " + fileBytes + " bytes");
        }
        byte[] bytes = new byte[(int) headerBytes];
        input.readFully(Long.BYTES, bytes, 0, bytes.length);
        long dataBegin = Long.BYTES + headerBytes;
        return parse(path.toString(), ByteBuffer.wrap(bytes), dataBegin, fileBytes - dataBegin);
    }

    /**
     * Parses and checks a header.
     *
     * @param where the file, for messages
     * @param header the header's bytes
     * @param dataBegin the first byte of the file behind the header
     * @param dataBytes how many follow from there
     * @throws InvalidInput where the header is not one, or disagrees with itself or with {@code dataBytes}
     */
    static SafetensorsHeader parse(String where, ByteBuffer header, long dataBegin, long dataBytes) {
        try (JsonParser json = UntrustedJson.FACTORY.createParser(UntrustedJson.text(where + ": header", header))) {
            return new Parsing(where, json, file -> dataBegin).header(dataBytes);
        } catch (JsonProcessingException malformed) {
            throw new InvalidInput(
                    where + ": header: " + Message.oneLine(malformed.getOriginalMessage())
                            + " (must be the JSON header of safetensors)",
                    malformed);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** One pass over the header's JSON. */
    private record Parsing(String where, JsonParser json, StoredTensor.Block data) {
        SafetensorsHeader header(long dataBytes) throws IOException {
            require(json.nextToken() == JsonToken.START_OBJECT, "header", "must be a JSON object");
            List<StoredTensor> tensors = new ArrayList<>();
            Map<String, String> metadata = Map.of();
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.getCurrentName();
                json.nextToken();
                if (name.equals(METADATA)) {
                    metadata = metadata();
                } else {
                    tensors.add(tensor(name));
                }
            }
            require(json.nextToken() == null, "header", "must end after one JSON object");
            tensors.sort(Comparator.comparingLong(StoredTensor::offset).thenComparingLong(StoredTensor::end));
            checkLayout(tensors, dataBytes);
            Map<String, StoredTensor> byName = new LinkedHashMap<>();
            tensors.forEach(tensor -> byName.put(tensor.info().name(), tensor));
            return new SafetensorsHeader(Collections.unmodifiableMap(byName), metadata);
        }

        private Map<String, String> metadata() throws IOException {
            require(json.currentToken() == JsonToken.START_OBJECT, METADATA, "must be a JSON object of strings");
            Map<String, String> metadata = new LinkedHashMap<>();
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String key = json.getCurrentName();
                require(
                        json.nextToken() == JsonToken.VALUE_STRING,
                        METADATA + " " + Message.oneLine(key),
                        "must be a string");
                metadata.put(key, json.getText());
            }
            return Collections.unmodifiableMap(metadata);
        }

        private StoredTensor tensor(String name) throws IOException {
            String what = "tensor " + Message.oneLine(name);
            require(json.currentToken() == JsonToken.START_OBJECT, what, "must be a JSON object");
            ElementType type = null;
            long[] shape = null;
            long[] offsets = null;
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String field = json.getCurrentName();
                json.nextToken();
                switch (field) {
                    case "dtype" -> type = type(what);
                    case "shape" -> shape = naturals(what + ": shape");
                    case "data_offsets" -> offsets = naturals(what + ": data_offsets");
                    default -> json.skipChildren(); // as the reference implementation does
                }
            }
            require(type != null, what + ": dtype", "must be given");
            require(shape != null, what + ": shape", "must be given");
            require(offsets != null && offsets.length == 2, what + ": data_offsets", "must be two numbers");
            checkSize(what, type, shape, offsets[0], offsets[1]);
            return StoredTensor.dense(new TensorInfo(name, type, shape), data, offsets[0]);
        }

        private ElementType type(String what) throws IOException {
            require(json.currentToken() == JsonToken.VALUE_STRING, what + ": dtype", "must be a string");
            ElementType type = ElementType.named(json.getText());
            if (type == null) {
                throw InvalidInput.of(
                        where + ": " + what + ": dtype",
                        Message.oneLine(json.getText()),
                        "must be one of " + Arrays.toString(ElementType.values()));
            }
            return type;
        }

        private long[] naturals(String what) throws IOException {
            require(json.currentToken() == JsonToken.START_ARRAY, what, "must be an array of integers");
            long[] numbers = new long[4];
            int count = 0;
            while (json.nextToken() != JsonToken.END_ARRAY) {
                require(json.currentToken() == JsonToken.VALUE_NUMBER_INT, what, "must be an array of integers");
                if (count == numbers.length) {
                    numbers = Arrays.copyOf(numbers, 2 * count);
                }
                numbers[count] = json.getLongValue();
                require(numbers[count] >= 0, what, "must not be negative");
                count++;
            }
            return Arrays.copyOf(numbers, count);
        }

        private void checkSize(String what, ElementType type, long[] shape, long begin, long end) {
            long bytes = type.bytes();
            try {
                for (long dimension : shape) {
                    bytes = Math.multiplyExact(bytes, dimension);
                }
            } catch (ArithmeticException overflow) {
                throw InvalidInput.of(
                        where + ": " + what + ": shape", Arrays.toString(shape), "must not exceed 2^63 bytes");
            }
            if (begin > end || end - begin != bytes) {
                throw InvalidInput.of(
                        where + ": " + what + ": data_offsets",
                        "[" + begin + ", " + end + "]",
                        "must span " + bytes + " bytes, " + type + " " + Message.oneLine(Arrays.toString(shape)));
            }
        }

        private void checkLayout(List<StoredTensor> tensors, long dataBytes) {
            long filled = 0;
            for (StoredTensor tensor : tensors) {
                String what =
                        where + ": tensor " + Message.oneLine(tensor.info().name()) + ": data_offsets";
                String offsets = "[" + tensor.offset() + ", " + tensor.end() + "]";
                if (tensor.offset() != filled) {
                    String fault = tensor.offset() < filled ? " overlaps another tensor" : " leaves a hole";
                    throw InvalidInput.of(what, offsets + fault, "must begin at " + filled);
                }
                if (tensor.end() > dataBytes) {
                    throw InvalidInput.of(
                            what, offsets + " runs out of the file", "must end by " + dataBytes + "; is the file cut?");
                }
                filled = tensor.end();
            }
            if (filled != dataBytes) {
                throw InvalidInput.of(
                        where, dataBytes + " bytes of data", "must be " + filled + ", the end of the last tensor");
            }
        }

        private void require(boolean holds, String what, String allowed) {
            if (!holds) {
                throw new InvalidInput(where + ": " + what + " (" + allowed + ")");
            }
        }
    }
}
