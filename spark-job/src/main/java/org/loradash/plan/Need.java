package org.loradash.plan;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a process needs of one kind of memory.
 *
 * @param parts bytes by what they are for, in the order in which they are told
 */
public record Need(Map<String, Long> parts) {
    private static final double GIBIBYTE = 1L << 30;

    public Need {
        parts = Collections.unmodifiableMap(new LinkedHashMap<>(parts));
    }

    static Need of(Object... namesAndBytes) {
        Map<String, Long> parts = new LinkedHashMap<>();
        for (int i = 0; i < namesAndBytes.length; i += 2) {
            parts.put((String) namesAndBytes[i], (Long) namesAndBytes[i + 1]);
        }
        return new Need(parts);
    }

    public long bytes() {
        return parts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Both in one process, whose own share is counted once. */
    Need with(Need other, String own) {
        Map<String, Long> both = new LinkedHashMap<>(parts);
        other.parts.forEach((name, bytes) -> both.merge(name, bytes, name.equals(own) ? Math::max : Long::sum));
        return new Need(both);
    }

    /** Bytes as a person reads them, such as 3.1 GiB or 51 MiB. */
    public static String text(long bytes) {
        return bytes < GIBIBYTE / 10
                ? String.format(Locale.ROOT, "%d MiB", Math.round(Math.ceil(bytes / 1048576.0)))
                : String.format(Locale.ROOT, "%.1f GiB", Math.ceil(bytes / GIBIBYTE * 10) / 10);
    }

    /** The parts that are not tiny, the largest first. */
    public String told() {
        long least = bytes() / 50;
        return parts.entrySet().stream()
                .filter(part -> part.getValue() > least)
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .map(part -> part.getKey() + " " + text(part.getValue()))
                .collect(Collectors.joining(", "));
    }
}
