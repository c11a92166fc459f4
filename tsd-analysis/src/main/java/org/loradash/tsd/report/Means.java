package org.loradash.tsd.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** Means of many values by where they belong. */
final class Means {
    private Means() {}

    /** The values in groups, in the order in which each group is first met. */
    static <T, K> Map<K, List<T>> groups(List<T> values, Function<T, K> key) {
        return values.stream().collect(Collectors.groupingBy(key, LinkedHashMap::new, Collectors.toList()));
    }

    /** The mean of a figure at each place, as a line; places in ascending order. */
    static <T> Series series(String name, List<T> values, ToLongFunction<T> place, ToDoubleFunction<T> figure) {
        Map<Long, Double> means = values.stream()
                .collect(Collectors.groupingBy(place::applyAsLong, TreeMap::new, Collectors.averagingDouble(figure)));
        return new Series(
                name,
                means.keySet().stream().mapToDouble(Long::doubleValue).toArray(),
                means.values().stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** The mean of a figure; NaN of nothing. */
    static <T> double of(List<T> values, ToDoubleFunction<T> figure) {
        return values.stream().mapToDouble(figure).average().orElse(Double.NaN);
    }
}
