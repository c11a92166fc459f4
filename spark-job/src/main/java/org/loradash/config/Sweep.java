package org.loradash.config;

import java.util.List;
import java.util.Map;

/**
 * Runs that are to be compared: each has a directory of its own below the sweep's.
 *
 * @param output the sweep's directory
 * @param members in the order in which they are run
 */
public record Sweep(String output, List<Member> members) {

    public Sweep {
        members = List.copyOf(members);
    }

    /**
     * One of the runs.
     *
     * @param name of its directory
     * @param differences from the other runs: keys to values as they were written
     */
    public record Member(String name, Map<String, String> differences, Settings settings) {}
}
