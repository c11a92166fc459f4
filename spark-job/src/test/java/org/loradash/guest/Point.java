package org.loradash.guest;

import java.nio.ByteBuffer;
import org.loradash.data.Codec;

/** A vector and the number to be learnt of it. */
public record Point(float[] x, float y) {
    static final Codec<Point> CODEC = new Codec<>() {
        @Override
        public int bytes(Point point) {
            return (point.x().length + 1) * Float.BYTES;
        }

        @Override
        public void write(Point point, ByteBuffer to) {
            to.putFloat(point.y());
            for (float value : point.x()) {
                to.putFloat(value);
            }
        }

        @Override
        public Point read(ByteBuffer from) {
            float y = from.getFloat();
            float[] x = new float[from.remaining() / Float.BYTES];
            for (int i = 0; i < x.length; i++) {
                x[i] = from.getFloat();
            }
            return new Point(x, y);
        }

        @Override
        public int size(Point point) {
            return 1;
        }

        @Override
        public int weight(Point point) {
            return 1;
        }
    };
}
