package org.loradash.adapter;

import org.loradash.model.Target;

/** Changes written out plainly in double precision. */
public final class Products {
    private Products() {}

    /** The method's change as it is defined, and U diag(d) V^T, of a target from an adapter's flat parameters, row by row. */
    static double[] change(Adapter adapter, Target target, float[] parameters) {
        int index = adapter.targets().indexOf(target);
        int from = adapter.factorRanges().get(index).from();
        int rank = adapter.rank();
        SingularTriplets triplets = adapter.triplets().get(target.name());
        double[] change = new double[target.outputs() * target.inputs()];
        for (int i = 0; i < target.outputs(); i++) {
            for (int j = 0; j < target.inputs(); j++) {
                double sum = 0;
                for (int k = 0; k < rank; k++) {
                    double a = parameters[from + k * target.inputs() + j];
                    double b = parameters[from + rank * target.inputs() + i * rank + k];
                    double u = triplets == null ? 0 : triplets.directions().u()[i * rank + k];
                    double sigma = triplets == null ? 0 : triplets.sigma()[k];
                    double v = triplets == null ? 0 : triplets.directions().v()[k * target.inputs() + j];
                    sum += adapter.method().equals("spectral")
                            ? (u + b) * sigma * (v + a) - u * sigma * v
                            : adapter.scale() * b * a - u * sigma * v;
                }
                Directions directions = adapter.directions().get(target.name());
                for (int k = 0; directions != null && k < directions.count(); k++) {
                    double d = parameters[adapter.coordinateRanges().get(index).from() + k];
                    sum += directions.u()[i * directions.count() + k]
                            * d
                            * directions.v()[k * target.inputs() + j];
                }
                change[i * target.inputs() + j] = sum;
            }
        }
        return change;
    }

    /** b (rows x inner) a (inner x columns). */
    public static double[] product(float[] b, float[] a, int rows, int inner, int columns) {
        double[] product = new double[rows * columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                for (int k = 0; k < inner; k++) {
                    product[i * columns + j] += (double) b[i * inner + k] * a[k * columns + j];
                }
            }
        }
        return product;
    }

    public static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
