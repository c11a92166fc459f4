package org.loradash.benchmark;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.loradash.benchmark.engine.Engine;
import org.loradash.benchmark.engine.Medians;
import org.loradash.benchmark.kernel.Tally;

/**
 * Where the seconds of steps went, each a mean of the steps.
 *
 * @param alone seconds of each step's products by themselves
 * @param ofSteps what the steps' operations took
 * @param ofAlone what the products by themselves took
 */
record StepTime(List<Engine.Step> steps, List<Double> alone, Tally ofSteps, Tally ofAlone) {

    void print() {
        double whole = mean(steps.stream().map(Engine.Step::seconds).toList());
        double optimiser =
                mean(steps.stream().map(Engine.Step::optimiserSeconds).toList());
        double products = mean(alone);
        double[] ratios = new double[steps.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = alone.get(i) / steps.get(i).seconds();
        }
        double elsewhere = whole - ofSteps.seconds() / steps.size() - optimiser;
        printOperations(whole, optimiser, elsewhere);
        System.out.printf(
                "products alone / step: %s (median of %d turns; %s s of %s s a step, %s GFLOP/s)%n%n",
                TextTable.number(Medians.of(ratios)),
                ratios.length,
                TextTable.number(products),
                TextTable.number(whole),
                TextTable.number(ofAlone.floatingPointOperations() / (products * steps.size()) * 1e-9));
        printRest(whole - products, optimiser, elsewhere);
    }

    private void printOperations(double whole, double optimiser, double elsewhere) {
        TextTable table =
                new TextTable("a step's operations", "calls", "seconds", "share", "alone, s", "GFLOP/s", "GB/s");
        for (String operation : ofSteps.kinds()) {
            double seconds = ofSteps.seconds(operation);
            boolean again = ofAlone.calls(operation) > 0;
            table.row(
                    operation,
                    ofSteps.calls(operation) / steps.size(),
                    seconds / steps.size(),
                    TextTable.percent(seconds / steps.size() / whole),
                    again ? ofAlone.seconds(operation) / steps.size() : "-",
                    ofSteps.floatingPointOperations(operation) / seconds * 1e-9,
                    ofSteps.bytes(operation) / seconds * 1e-9);
        }
        // These run on one thread, and are none of the tallied operations.
        table.row("optimiser", "-", optimiser, TextTable.percent(optimiser / whole), "-", "-", "-");
        table.row("between operations", "-", elsewhere, TextTable.percent(elsewhere / whole), "-", "-", "-");
        table.row("the step", "-", whole, TextTable.percent(1), mean(alone), "-", "-");
        table.print();
    }

    /** A part of what a step takes beyond its products alone. */
    private record Part(String name, double seconds) {}

    private void printRest(double rest, double optimiser, double elsewhere) {
        List<Part> parts = new ArrayList<>();
        for (String operation : ofSteps.kinds()) {
            boolean again = ofAlone.calls(operation) > 0;
            parts.add(new Part(
                    again ? operation + ", slower than alone" : operation,
                    (ofSteps.seconds(operation) - ofAlone.seconds(operation)) / steps.size()));
        }
        parts.add(new Part("optimiser", optimiser));
        parts.add(new Part("between operations", elsewhere));
        parts.sort(Comparator.comparingDouble(Part::seconds).reversed());
        TextTable table = new TextTable("what the products alone leave", "seconds", "share");
        parts.forEach(part -> table.row(part.name(), part.seconds(), TextTable.percent(part.seconds() / rest)));
        table.row("all of it", rest, TextTable.percent(1));
        table.print();
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }
}
