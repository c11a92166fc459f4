package org.loradash.config;

import java.util.List;
import java.util.Map;

/**
 * Runs that are to be compared: each has a directory of its own below the sweep's.
 *
 * @param output the sweep's directory
 * @param members in the order in which they are run
 * @param reference the variant that the others are compared with
 */
public record Sweep(String output, List<Member> members, String reference) {

    public Sweep {
        members = List.copyOf(members);
    }

    /** The variants, in the order in which they are first run. */
    public List<String> variants() {
        return members.stream().map(Member::variant).distinct().toList();
    }

    /**
     * One of the runs.
     *
     * @param name of its directory
     * @param variant what all runs have in common that differ in their seed alone
     * @param differences from the other variants: keys to values as they were written
     */
    public record Member(String name, String variant, Map<String, String> differences, Settings settings) {}
}
