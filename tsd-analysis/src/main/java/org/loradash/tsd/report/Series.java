package org.loradash.tsd.report;

/** Named points of a chart. The arrays are of one length and are not copied; points that are not finite are left out. */
public record Series(String name, double[] x, double[] y) {
    public Series {
        if (x.length != y.length) {
            throw new IllegalArgumentException(name + ": " + x.length + " x for " + y.length + " y");
        }
    }

    /** The number of points. */
    public int size() {
        return x.length;
    }
}
