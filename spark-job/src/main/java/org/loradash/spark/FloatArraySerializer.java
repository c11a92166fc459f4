package org.loradash.spark;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * Arrays of float32 as their bytes, many at a time: a round sends the parameters and moments of all workers, and Kryo's own
 * serialiser takes several times as long, one element after another.
 */
final class FloatArraySerializer extends Serializer<float[]> {
    /** Elements that go through a buffer together. */
    private static final int BLOCK = 1 << 13;

    FloatArraySerializer() {
        super(false, true);
    }

    @Override
    public void write(Kryo kryo, Output output, float[] array) {
        output.writeInt(array.length, true);
        byte[] bytes = buffer(array.length);
        FloatBuffer floats = floats(bytes);
        for (int from = 0; from < array.length; from += BLOCK) {
            int count = Math.min(BLOCK, array.length - from);
            floats.put(0, array, from, count);
            output.write(bytes, 0, count * Float.BYTES);
        }
    }

    @Override
    public float[] read(Kryo kryo, Input input, Class<float[]> type) {
        float[] array = new float[input.readInt(true)];
        byte[] bytes = buffer(array.length);
        FloatBuffer floats = floats(bytes);
        for (int from = 0; from < array.length; from += BLOCK) {
            int count = Math.min(BLOCK, array.length - from);
            input.readBytes(bytes, 0, count * Float.BYTES);
            floats.get(0, array, from, count);
        }
        return array;
    }

    @Override
    public float[] copy(Kryo kryo, float[] original) {
        return original.clone();
    }

    private static byte[] buffer(int length) {
        return new byte[Math.min(BLOCK, length) * Float.BYTES];
    }

    /** The same on every machine of a cluster. */
    private static FloatBuffer floats(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    }
}
