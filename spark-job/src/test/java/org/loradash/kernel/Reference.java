package org.loradash.kernel;

import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.loradash.kernel.operation.AttentionShape;
import org.loradash.kernel.operation.Forest;

/** The operations' forwards, written plainly in double precision; backwards are differences of these. */
final class Reference {
    private Reference() {}

    static double[] rmsNorm(double[] x, double[] weight, double epsilon) {
        int d = weight.length;
        double[] out = new double[x.length];
        for (int row = 0; row < x.length; row += d) {
            double square = 0;
            for (int j = 0; j < d; j++) {
                square += x[row + j] * x[row + j];
            }
            double inverse = 1 / Math.sqrt(square / d + epsilon);
            for (int j = 0; j < d; j++) {
                out[row + j] = x[row + j] * inverse * weight[j];
            }
        }
        return out;
    }

    static double[] layerNorm(double[] x, double[] weight, double[] bias, double epsilon) {
        int d = weight.length;
        double[] out = new double[x.length];
        for (int row = 0; row < x.length; row += d) {
            double mean = 0;
            for (int j = 0; j < d; j++) {
                mean += x[row + j] / d;
            }
            double variance = 0;
            for (int j = 0; j < d; j++) {
                variance += (x[row + j] - mean) * (x[row + j] - mean) / d;
            }
            for (int j = 0; j < d; j++) {
                out[row + j] = (x[row + j] - mean) / Math.sqrt(variance + epsilon) * weight[j] + bias[j];
            }
        }
        return out;
    }

    /** One row for each angle table's row given by positions. */
    static double[] rotate(double[] x, int heads, double[] cosines, double[] sines, int[] positions) {
        int half = x.length / positions.length / heads / 2;
        double[] out = new double[x.length];
        for (int t = 0; t < positions.length; t++) {
            for (int head = 0; head < heads; head++) {
                for (int i = 0; i < half; i++) {
                    int low = (t * heads + head) * 2 * half + i;
                    double cosine = cosines[positions[t] * half + i];
                    double sine = sines[positions[t] * half + i];
                    out[low] = x[low] * cosine - x[low + half] * sine;
                    out[low + half] = x[low + half] * cosine + x[low] * sine;
                }
            }
        }
        return out;
    }

    static double[] attention(double[] q, double[] k, double[] v, AttentionShape shape, int d) {
        Forest forest = shape.forest();
        int heads = shape.heads();
        int keyHeads = shape.keyHeads();
        double[] out = new double[q.length];
        for (int segment = 0; segment < forest.segments(); segment++) {
            int[] way = way(forest, segment);
            for (int head = 0; head < heads; head++) {
                int keyHead = head / (heads / keyHeads);
                for (int i = forest.start(segment); i < forest.end(segment); i++) {
                    int query = (i * heads + head) * d;
                    int place = forest.before(segment) + i - forest.start(segment);
                    int first = shape.reach().first(place);
                    double[] weights = new double[shape.reach().end(place, way.length) - first];
                    double maximum = Double.NEGATIVE_INFINITY;
                    for (int j = 0; j < weights.length; j++) {
                        int key = (way[first + j] * keyHeads + keyHead) * d;
                        for (int c = 0; c < d; c++) {
                            weights[j] += shape.scale() * q[query + c] * k[key + c];
                        }
                        if (shape.isCapped()) {
                            weights[j] = shape.cap() * Math.tanh(weights[j] / shape.cap());
                        }
                        maximum = Math.max(maximum, weights[j]);
                    }
                    double sum = 0;
                    for (int j = 0; j < weights.length; j++) {
                        weights[j] = Math.exp(weights[j] - maximum);
                        sum += weights[j];
                    }
                    for (int j = 0; j < weights.length; j++) {
                        int value = (way[first + j] * keyHeads + keyHead) * d;
                        for (int c = 0; c < d; c++) {
                            out[query + c] += weights[j] / sum * v[value + c];
                        }
                    }
                }
            }
        }
        return out;
    }

    /** The rows from the root to a segment's end. */
    static int[] way(Forest forest, int segment) {
        IntStream own = IntStream.range(forest.start(segment), forest.end(segment));
        int parent = forest.parent(segment);
        return (parent == Forest.NONE ? own : IntStream.concat(IntStream.of(way(forest, parent)), own)).toArray();
    }

    static double[] swiGlu(double[] gate, double[] up) {
        double[] out = new double[gate.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = gate[i] / (1 + Math.exp(-gate[i])) * up[i];
        }
        return out;
    }

    /** The sum over rows of -log softmax(target); logits are targets.length x vocabulary. */
    static double crossEntropy(double[] logits, int[] targets) {
        int vocabulary = logits.length / targets.length;
        double loss = 0;
        for (int row = 0; row < targets.length; row++) {
            int from = row * vocabulary;
            double maximum = Double.NEGATIVE_INFINITY;
            for (int i = from; i < from + vocabulary; i++) {
                maximum = Math.max(maximum, logits[i]);
            }
            double sum = 0;
            for (int i = from; i < from + vocabulary; i++) {
                sum += Math.exp(logits[i] - maximum);
            }
            loss += maximum + Math.log(sum) - logits[from + targets[row]];
        }
        return loss;
    }

    /** The gradient of sum(dOut * f(x)) with respect to x, by central differences. */
    static double[] gradient(UnaryOperator<double[]> f, double[] x, double[] dOut) {
        double[] gradient = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            double step = 1e-5 * Math.max(1, Math.abs(x[i]));
            double[] moved = x.clone();
            moved[i] = x[i] + step;
            double[] above = f.apply(moved);
            moved[i] = x[i] - step;
            double[] below = f.apply(moved);
            for (int j = 0; j < dOut.length; j++) {
                gradient[i] += dOut[j] * (above[j] - below[j]) / (2 * step);
            }
        }
        return gradient;
    }
}
