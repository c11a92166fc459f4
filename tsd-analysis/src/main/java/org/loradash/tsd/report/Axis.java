package org.loradash.tsd.report;

import java.util.ArrayList;
import java.util.List;

/**
 * An axis of a chart.
 *
 * @param label its quantity, with the unit
 * @param scale how values are laid out; what is not positive is left out of a logarithmic one
 * @param least the axis begins here or below; NaN where the values decide alone
 * @param most it ends here or above; NaN likewise
 */
public record Axis(String label, Scale scale, double least, double most) {
    /** How values are laid out. */
    public enum Scale {
        LINEAR,
        /** Linear, of whole numbers: steps, layers. */
        COUNTING,
        LOGARITHMIC
    }

    /** A linear axis. */
    public static Axis linear(String label) {
        return new Axis(label, Scale.LINEAR, Double.NaN, Double.NaN);
    }

    /** A linear axis of whole numbers. */
    public static Axis counting(String label) {
        return new Axis(label, Scale.COUNTING, Double.NaN, Double.NaN);
    }

    /** A logarithmic axis. */
    public static Axis logarithmic(String label) {
        return new Axis(label, Scale.LOGARITHMIC, Double.NaN, Double.NaN);
    }

    /** A linear axis from 0 to 1. */
    public static Axis fraction(String label) {
        return new Axis(label, Scale.LINEAR, 0, 1);
    }

    boolean shows(double value) {
        return Double.isFinite(value) && (scale != Scale.LOGARITHMIC || value > 0);
    }

    double laidOut(double value) {
        return scale == Scale.LOGARITHMIC ? Math.log10(value) : value;
    }

    /** Round values between the two, at most about six. */
    List<Double> ticks(double low, double high) {
        List<Double> ticks = new ArrayList<>();
        if (scale == Scale.LOGARITHMIC && Math.floor(Math.log10(high)) > Math.ceil(Math.log10(low))) {
            int first = (int) Math.ceil(Math.log10(low) - 1e-9);
            int last = (int) Math.floor(Math.log10(high) + 1e-9);
            int stride = Math.max(1, (last - first + 5) / 6);
            for (int exponent = first; exponent <= last; exponent += stride) {
                ticks.add(Math.pow(10, exponent));
            }
            return ticks;
        }
        double rough = (high - low) / 5;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = power * (rough / power < 1.5 ? 1 : rough / power < 3.5 ? 2 : rough / power < 7.5 ? 5 : 10);
        step = scale == Scale.COUNTING ? Math.max(1, step) : step;
        for (double k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) {
            if (shows(k * step)) {
                ticks.add(k * step);
            }
        }
        return ticks;
    }
}
