package org.loradash.benchmark;

import java.util.ArrayList;
import java.util.List;

/** How a cost grows with one number: the exponent of the power law through its first and last measurement. */
record Growth(String what, List<Double> numbers, List<Double> costs) {
    private static final double FLAT = 0.15;

    Growth(String what) {
        this(what, new ArrayList<>(), new ArrayList<>());
    }

    void add(double number, double cost) {
        numbers.add(number);
        costs.add(cost);
    }

    double exponent() {
        int last = numbers.size() - 1;
        return Math.log(costs.get(last) / costs.get(0)) / Math.log(numbers.get(last) / numbers.get(0));
    }

    /** One line that says whether it is flat. */
    String verdict() {
        if (numbers.size() < 2) {
            return what + ": one measurement tells no growth";
        }
        double exponent = exponent();
        String grows = exponent < -FLAT
                ? "falls"
                : exponent < FLAT
                        ? "flat"
                        : exponent < 1 - FLAT
                                ? "grows less than in proportion"
                                : exponent < 1 + FLAT ? "grows in proportion" : "GROWS FASTER THAN IN PROPORTION";
        return "%s: %s (%s to %s, exponent %.2f)"
                .formatted(
                        what,
                        grows,
                        TextTable.number(costs.get(0)),
                        TextTable.number(costs.get(costs.size() - 1)),
                        exponent);
    }
}
