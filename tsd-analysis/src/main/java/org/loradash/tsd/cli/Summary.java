package org.loradash.tsd.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.loradash.tsd.Counted;
import org.loradash.tsd.analysis.Amplifications;
import org.loradash.tsd.analysis.Findings;
import org.loradash.tsd.analysis.Predictions;
import org.loradash.tsd.analysis.TargetFindings;

/** What is said on the terminal when a study is made. */
final class Summary {
    private static final double SAME = 0.99;

    private Summary() {}

    static List<String> lines(Findings findings) {
        List<String> lines = new ArrayList<>();
        findings.tasks().forEach(task -> lines.add(rates(task, findings.targets())));
        predictions(findings.predictions(), lines);
        similarities(findings.targets(), lines);
        amplifications(findings.amplifications(), lines);
        return lines;
    }

    private static String rates(String task, List<TargetFindings> targets) {
        TargetFindings highest = null;
        double rate = -1;
        int direction = -1;
        int changed = 0;
        for (TargetFindings target : targets) {
            if (target.change(task).isPresent()) {
                changed++;
                int best = target.change(task).get().directions(1)[0];
                double own = target.change(task).get().changeRates()[best];
                if (own > rate) {
                    highest = target;
                    rate = own;
                    direction = best;
                }
            }
        }
        return highest == null
                ? task + ": changes none of " + matrices(targets.size())
                : String.format(
                        Locale.ROOT,
                        "%s: changes %d of %s; highest change rate %.4g, direction %d of %s",
                        task,
                        changed,
                        matrices(targets.size()),
                        rate,
                        direction,
                        highest.target().name());
    }

    private static void predictions(List<Predictions.At> predictions, List<String> lines) {
        Map<String, List<Predictions.At>> groups = predictions.stream()
                .collect(Collectors.groupingBy(
                        at -> at.task() + " at "
                                + (at.step().isPresent() ? "step " + at.step().getAsLong() : "the end"),
                        LinkedHashMap::new,
                        Collectors.toList()));
        groups.forEach((name, own) -> lines.add(String.format(
                Locale.ROOT,
                "%s: recall %.3f, accuracy %.3f, mean of %s",
                name,
                mean(own, at -> at.prediction().recall()),
                mean(own, at -> at.prediction().accuracy()),
                matrices(own.size()))));
    }

    private static void similarities(List<TargetFindings> targets, List<String> lines) {
        Map<String, List<TargetFindings.Pair>> groups = targets.stream()
                .flatMap(target -> target.similarities().stream())
                .collect(Collectors.groupingBy(
                        pair -> pair.first() + " and " + pair.second(), LinkedHashMap::new, Collectors.toList()));
        groups.forEach((name, own) -> lines.add(String.format(
                Locale.ROOT,
                "%s: %.1f directions in common, mean of %s",
                name,
                mean(own, pair -> pair.similarity().shared(SAME)),
                matrices(own.size()))));
    }

    private static void amplifications(List<Amplifications.Of> amplifications, List<String> lines) {
        Map<String, List<Amplifications.Of>> groups = amplifications.stream()
                .collect(Collectors.groupingBy(Amplifications.Of::task, LinkedHashMap::new, Collectors.toList()));
        groups.forEach((name, own) -> {
            double[] factors = own.stream()
                    .mapToDouble(of -> of.amplification().factor())
                    .sorted()
                    .toArray();
            lines.add(String.format(
                    Locale.ROOT,
                    "%s: chosen directions' change rates at the end are %.2f times those at the boundary,"
                            + " median of %s",
                    name,
                    factors[factors.length / 2],
                    matrices(factors.length)));
        });
    }

    private static String matrices(int count) {
        return Counted.of(count, "matrix", "matrices");
    }

    private static <T> double mean(List<T> values, ToDoubleFunction<T> figure) {
        return values.stream().mapToDouble(figure).average().orElse(Double.NaN);
    }
}
