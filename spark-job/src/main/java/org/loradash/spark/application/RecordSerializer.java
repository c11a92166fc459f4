package org.loradash.spark.application;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;

/**
 * Records through Kryo 4, which knows no records: components are written in order and read through the canonical
 * constructor. Reflection, because a record's fields are final for everybody else.
 */
public final class RecordSerializer<R extends Record> extends Serializer<R> {
    private final Method[] accessors;
    private final Constructor<R> constructor;

    public RecordSerializer(Class<R> type) {
        super(false, true);
        RecordComponent[] components = type.getRecordComponents();
        try {
            accessors =
                    Arrays.stream(components).map(RecordComponent::getAccessor).toArray(Method[]::new);
            constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
        } catch (NoSuchMethodException e) {
            throw new KryoException(type + " has no canonical constructor", e);
        }
        constructor.setAccessible(true);
        for (Method accessor : accessors) {
            accessor.setAccessible(true);
        }
    }

    @Override
    public void write(Kryo kryo, Output output, R value) {
        for (Method accessor : accessors) {
            try {
                kryo.writeClassAndObject(output, accessor.invoke(value));
            } catch (ReflectiveOperationException e) {
                throw new KryoException("cannot read " + accessor, e);
            }
        }
    }

    @Override
    public R read(Kryo kryo, Input input, Class<R> type) {
        Object[] components = new Object[accessors.length];
        for (int i = 0; i < components.length; i++) {
            components[i] = kryo.readClassAndObject(input);
        }
        try {
            return constructor.newInstance(components);
        } catch (ReflectiveOperationException e) {
            throw new KryoException("cannot make a " + type, e);
        }
    }
}
