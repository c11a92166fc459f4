package org.loradash.guest;

import java.util.List;

/** Vectors and the numbers to be learnt of them, together. */
record Points(List<Point> points) {
    Points {
        points = List.copyOf(points);
    }

    int width() {
        return points.get(0).x().length;
    }

    /** All vectors, one behind the other. */
    float[] inputs() {
        float[] all = new float[points.size() * width()];
        for (int i = 0; i < points.size(); i++) {
            System.arraycopy(points.get(i).x(), 0, all, i * width(), width());
        }
        return all;
    }

    float[] targets() {
        float[] all = new float[points.size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = points.get(i).y();
        }
        return all;
    }
}
