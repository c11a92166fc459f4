package org.loradash.spark.application;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.util.List;
import java.util.stream.Stream;

/** Lists of {@link List#of} and {@link Stream#toList}, whose classes Kryo cannot make. */
public final class ImmutableListSerializer extends Serializer<List<?>> {

    ImmutableListSerializer() {
        super(false, true);
    }

    /** Registers all classes that such lists have. */
    public static void register(Kryo kryo) {
        Serializer<List<?>> serializer = new ImmutableListSerializer();
        Stream.of(List.of(), List.of(0), List.of(0, 0, 0), Stream.of(0).toList())
                .map(Object::getClass)
                .distinct()
                .forEach(type -> kryo.register(type, serializer));
    }

    @Override
    public void write(Kryo kryo, Output output, List<?> list) {
        output.writeInt(list.size(), true);
        list.forEach(element -> kryo.writeClassAndObject(output, element));
    }

    @Override
    public List<?> read(Kryo kryo, Input input, Class<List<?>> type) {
        Object[] elements = new Object[input.readInt(true)];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = kryo.readClassAndObject(input);
        }
        return List.of(elements);
    }
}
