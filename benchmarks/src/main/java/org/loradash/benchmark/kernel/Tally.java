package org.loradash.benchmark.kernel;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.loradash.kernel.Account;

/** What operations of each kind took: seconds, and what they had to do at least by their own account. */
public final class Tally {
    private static final Sums NONE = new Sums();

    private final Map<String, Sums> kinds = new LinkedHashMap<>();

    private static final class Sums {
        private long calls;
        private long nanoseconds;
        private long floatingPointOperations;
        private long bytes;
    }

    void add(String kind, long nanoseconds, Account account) {
        Sums sums = kinds.computeIfAbsent(kind, first -> new Sums());
        sums.calls++;
        sums.nanoseconds += nanoseconds;
        sums.floatingPointOperations += account.floatingPointOperations();
        sums.bytes += account.bytes();
    }

    public void reset() {
        kinds.clear();
    }

    /** Those that there were since the last reset, in the order in which they first came. */
    public List<String> kinds() {
        return List.copyOf(kinds.keySet());
    }

    public long calls(String kind) {
        return of(kind).calls;
    }

    public double seconds(String kind) {
        return of(kind).nanoseconds * 1e-9;
    }

    public long floatingPointOperations(String kind) {
        return of(kind).floatingPointOperations;
    }

    public long bytes(String kind) {
        return of(kind).bytes;
    }

    private Sums of(String kind) {
        return kinds.getOrDefault(kind, NONE);
    }

    /** Of all kinds together. */
    public double seconds() {
        return sum(sums -> sums.nanoseconds) * 1e-9;
    }

    /** Of all kinds together. */
    public long floatingPointOperations() {
        return sum(sums -> sums.floatingPointOperations);
    }

    /** Of all kinds together. */
    public long bytes() {
        return sum(sums -> sums.bytes);
    }

    private long sum(ToLongFunction<Sums> value) {
        return kinds.values().stream().mapToLong(value).sum();
    }
}
