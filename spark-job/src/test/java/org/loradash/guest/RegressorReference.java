package org.loradash.guest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/**
 * The whole training of a regressor with LoRA-Dash in double precision, on one thread: workers one after the other, the exact
 * mean of their products at the boundary, coordinates from then on.
 */
public final class RegressorReference {
    /** E, G, D and N, frozen. */
    private final List<RealMatrix> frozen;

    private final double[] norm;
    private final List<Point> points;
    private final Recipe recipe;
    private final List<List<Direction>> directions = new ArrayList<>();
    private final List<double[]> losses = new ArrayList<>();

    private double[] theta;
    private double[] m;
    private double[] v;

    /** What is trained and how; the schedule is linear without warm-up. */
    public record Recipe(
            int rank,
            double scale,
            int directions,
            int preLaunch,
            int workers,
            int localSteps,
            int batch,
            int steps,
            double rate,
            double coordinateRate,
            double decay,
            double clipping) {}

    /** A singular direction and its change rate. */
    private record Direction(int index, double[] u, double[] v, double rate) {}

    /**
     * @param frozen E, G, D and N, rows by columns
     * @param start A and B of each, then the score's weight, skip and bias
     */
    public RegressorReference(
            List<double[][]> frozen, double[] norm, float[] start, List<Point> points, Recipe recipe) {
        this.frozen = frozen.stream().<RealMatrix>map(Array2DRowRealMatrix::new).toList();
        this.norm = norm.clone();
        this.points = points;
        this.recipe = recipe;
        this.theta = IntStream.range(0, start.length).mapToDouble(i -> start[i]).toArray();
        this.m = new double[theta.length];
        this.v = new double[theta.length];
    }

    /** The loss of every step of every worker, step by step. */
    public List<double[]> losses() {
        return losses;
    }

    /** The directions that the boundary chose for a layer. */
    public long[] directions(int layer) {
        return directions.get(layer).stream().mapToLong(Direction::index).toArray();
    }

    /** What the training has added to a layer's weight, row by row. */
    public double[] change(int layer) {
        RealMatrix change = effective(theta, layer).subtract(frozen.get(layer));
        return Arrays.stream(change.getData()).flatMapToDouble(Arrays::stream).toArray();
    }

    /** The score's weight, skip and bias. */
    public double[] score() {
        return Arrays.copyOfRange(theta, scoreAt(), scoreAt() + scoreSize());
    }

    /** Trains from beginning to end. */
    public void train() {
        for (int step = 0; step < recipe.steps(); step += recipe.localSteps()) {
            if (step == recipe.preLaunch()) {
                addCoordinates();
            }
            round(step);
        }
    }

    private void round(int step) {
        double[][] sums = new double[3][theta.length];
        boolean beforeBoundary = step + recipe.localSteps() == recipe.preLaunch();
        List<double[]> own = new ArrayList<>();
        for (int f = 0; f < recipe.localSteps(); f++) {
            losses.add(new double[recipe.workers()]);
        }
        for (int worker = 0; worker < recipe.workers(); worker++) {
            double[][] state = {theta.clone(), m.clone(), v.clone()};
            for (int f = 0; f < recipe.localSteps(); f++) {
                int first = (step * recipe.workers() + worker * recipe.localSteps() + f) * recipe.batch();
                losses.get(step + f)[worker] = step(state, step + f, first);
            }
            own.add(state[0]);
            for (int i = 0; i < 3; i++) {
                for (int j = 0; j < theta.length; j++) {
                    sums[i][j] += state[i][j] / recipe.workers();
                }
            }
        }
        theta = sums[0];
        m = sums[1];
        v = sums[2];
        if (beforeBoundary) {
            choose(own);
        }
    }

    /** One step of AdamW as PyTorch computes it, the gradient clipped as clip_grad_norm_ does; gives the loss. */
    private double step(double[][] state, int step, int first) {
        double[] gradient = new double[theta.length];
        double loss = 0;
        for (int i = 0; i < recipe.batch(); i++) {
            loss += addGradient(state[0], points.get((first + i) % points.size()), gradient) / recipe.batch();
        }
        double norm = Math.sqrt(Arrays.stream(gradient).map(g -> g * g).sum());
        double kept = Math.min(1, recipe.clipping() / (norm + 1e-6));
        int coordinatesAt = scoreAt() + scoreSize();
        for (int i = 0; i < gradient.length; i++) {
            boolean coordinate = i >= coordinatesAt;
            double rate =
                    (coordinate ? recipe.coordinateRate() : recipe.rate()) * (recipe.steps() - step) / recipe.steps();
            int t = step + 1 - (coordinate ? recipe.preLaunch() : 0);
            double g = gradient[i] * kept;
            state[1][i] = 0.9 * state[1][i] + 0.1 * g;
            state[2][i] = 0.999 * state[2][i] + 0.001 * g * g;
            // The bias is the one vector among what is trained whole.
            state[0][i] *= 1 - rate * (i == coordinatesAt - 1 ? 0 : recipe.decay());
            state[0][i] -= rate
                    * (state[1][i] / (1 - Math.pow(0.9, t)))
                    / (Math.sqrt(state[2][i] / (1 - Math.pow(0.999, t))) + 1e-8);
        }
        return loss;
    }

    /** Adds the gradient of a point's share of the mean loss; gives its squared error. */
    private double addGradient(double[] theta, Point point, double[] gradient) {
        double[] x = IntStream.range(0, point.x().length)
                .mapToDouble(i -> point.x()[i])
                .toArray();
        RealMatrix g = effective(theta, 1);
        RealMatrix d = effective(theta, 2);
        RealMatrix n = effective(theta, 3);
        double[] a = effective(theta, 0).operate(x);
        double[] u = g.operate(a);
        int inner = u.length / 2;
        double[] h = new double[inner];
        for (int i = 0; i < inner; i++) {
            h[i] = u[i] * sigmoid(u[i]) * u[inner + i];
        }
        double[] b = add(a, d.operate(h));
        double inverse = 1 / Math.sqrt(dot(b, b) / b.length + Regressor.EPSILON);
        double[] r = new double[b.length];
        for (int i = 0; i < r.length; i++) {
            r[i] = b[i] * inverse * norm[i];
        }
        double[] c = n.operate(r);
        int at = scoreAt();
        double[] w = Arrays.copyOfRange(theta, at, at + c.length);
        double[] skip = Arrays.copyOfRange(theta, at + c.length, at + c.length + a.length);
        double difference = dot(w, c) + dot(skip, a) + theta[at + c.length + a.length] - point.y();

        double dy = 2 * difference / recipe.batch();
        addTo(gradient, at, c, dy);
        addTo(gradient, at + c.length, a, dy);
        gradient[at + c.length + a.length] += dy;
        double[] dc = times(w, dy);
        addOfLayer(gradient, theta, 3, dc, r);
        double[] dr = n.preMultiply(dc);
        double[] db = new double[b.length];
        double along = 0;
        for (int i = 0; i < b.length; i++) {
            along += dr[i] * norm[i] * b[i];
        }
        for (int i = 0; i < b.length; i++) {
            db[i] = inverse * dr[i] * norm[i] - Math.pow(inverse, 3) * b[i] * along / b.length;
        }
        addOfLayer(gradient, theta, 2, db, h);
        double[] dh = d.preMultiply(db);
        double[] du = new double[u.length];
        for (int i = 0; i < inner; i++) {
            double s = sigmoid(u[i]);
            du[i] = dh[i] * u[inner + i] * s * (1 + u[i] * (1 - s));
            du[inner + i] = dh[i] * u[i] * s;
        }
        addOfLayer(gradient, theta, 1, du, a);
        double[] da = add(add(db, g.preMultiply(du)), times(skip, dy));
        addOfLayer(gradient, theta, 0, da, x);
        return difference * difference;
    }

    /** From the gradient of a layer's weight, which is out in^T, to those of its factors and coordinates. */
    private void addOfLayer(double[] gradient, double[] theta, int layer, double[] out, double[] in) {
        int at = factorsAt(layer);
        int rank = recipe.rank();
        for (int k = 0; k < rank; k++) {
            double inner = 0;
            double outer = 0;
            for (int j = 0; j < in.length; j++) {
                inner += theta[at + k * in.length + j] * in[j];
            }
            int ofB = at + rank * in.length;
            for (int i = 0; i < out.length; i++) {
                outer += theta[ofB + i * rank + k] * out[i];
                gradient[ofB + i * rank + k] += recipe.scale() * out[i] * inner;
            }
            for (int j = 0; j < in.length; j++) {
                gradient[at + k * in.length + j] += recipe.scale() * outer * in[j];
            }
        }
        if (!directions.isEmpty()) {
            for (int k = 0; k < recipe.directions(); k++) {
                Direction chosen = directions.get(layer).get(k);
                gradient[coordinatesAt(layer) + k] += dot(chosen.u(), out) * dot(chosen.v(), in);
            }
        }
    }

    /** W + scale B A + U diag(d) V^T. */
    private RealMatrix effective(double[] theta, int layer) {
        RealMatrix weight = frozen.get(layer).add(product(theta, layer));
        if (!directions.isEmpty()) {
            for (int k = 0; k < recipe.directions(); k++) {
                Direction chosen = directions.get(layer).get(k);
                double d = theta[coordinatesAt(layer) + k];
                for (int i = 0; i < chosen.u().length; i++) {
                    for (int j = 0; j < chosen.v().length; j++) {
                        weight.addToEntry(i, j, d * chosen.u()[i] * chosen.v()[j]);
                    }
                }
            }
        }
        return weight;
    }

    private RealMatrix product(double[] theta, int layer) {
        int outputs = frozen.get(layer).getRowDimension();
        int inputs = frozen.get(layer).getColumnDimension();
        int at = factorsAt(layer);
        RealMatrix a = matrix(theta, at, recipe.rank(), inputs);
        RealMatrix b = matrix(theta, at + recipe.rank() * inputs, outputs, recipe.rank());
        return b.multiply(a).scalarMultiply(recipe.scale());
    }

    private static RealMatrix matrix(double[] values, int from, int rows, int columns) {
        RealMatrix matrix = new Array2DRowRealMatrix(rows, columns);
        for (int i = 0; i < rows; i++) {
            matrix.setRow(i, Arrays.copyOfRange(values, from + i * columns, from + (i + 1) * columns));
        }
        return matrix;
    }

    /** The directions in which the workers' products have changed most, for what they are. */
    private void choose(List<double[]> ofWorkers) {
        List<List<Direction>> chosen = new ArrayList<>();
        for (int layer = 0; layer < frozen.size(); layer++) {
            SingularValueDecomposition svd = new SingularValueDecomposition(frozen.get(layer));
            List<Direction> all = new ArrayList<>();
            for (int i = 0; i < svd.getSingularValues().length; i++) {
                double[] u = svd.getU().getColumn(i);
                double[] right = svd.getV().getColumn(i);
                double change = 0;
                for (double[] own : ofWorkers) {
                    change += dot(u, product(own, layer).operate(right)) / recipe.workers();
                }
                all.add(new Direction(i, u, right, Math.abs(change) / (svd.getSingularValues()[i] + 1e-6)));
            }
            all.sort(Comparator.comparingDouble(Direction::rate).reversed());
            chosen.add(all.subList(0, recipe.directions()));
        }
        directions.addAll(chosen);
    }

    private void addCoordinates() {
        int size = scoreAt() + scoreSize() + frozen.size() * recipe.directions();
        theta = Arrays.copyOf(theta, size);
        m = Arrays.copyOf(m, size);
        v = Arrays.copyOf(v, size);
    }

    private int factorsAt(int layer) {
        return frozen.subList(0, layer).stream()
                .mapToInt(weight -> recipe.rank() * (weight.getRowDimension() + weight.getColumnDimension()))
                .sum();
    }

    private int scoreAt() {
        return factorsAt(frozen.size());
    }

    private int scoreSize() {
        return frozen.get(3).getRowDimension() + frozen.get(0).getRowDimension() + 1;
    }

    private int coordinatesAt(int layer) {
        return scoreAt() + scoreSize() + layer * recipe.directions();
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double dot(double[] x, double[] y) {
        return IntStream.range(0, x.length).mapToDouble(i -> x[i] * y[i]).sum();
    }

    private static double[] add(double[] x, double[] y) {
        return IntStream.range(0, x.length).mapToDouble(i -> x[i] + y[i]).toArray();
    }

    private static double[] times(double[] x, double factor) {
        return Arrays.stream(x).map(value -> factor * value).toArray();
    }

    private static void addTo(double[] sums, int from, double[] x, double factor) {
        for (int i = 0; i < x.length; i++) {
            sums[from + i] += factor * x[i];
        }
    }
}
