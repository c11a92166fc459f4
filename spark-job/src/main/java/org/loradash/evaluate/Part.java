package org.loradash.evaluate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Questions or records that follow each other and are computed and kept together.
 *
 * @param set its title
 * @param first the index of the first one in the set
 * @param count how many, one at least
 */
public record Part(String set, int first, int count) implements Serializable {

    /** All parts of a set, each of that size but the last: the same ones however many have been computed. */
    static List<Part> of(SetSize set, int size) {
        List<Part> parts = new ArrayList<>();
        for (int from = 0; from < set.items(); from += size) {
            parts.add(new Part(set.set(), from, Math.min(size, set.items() - from)));
        }
        return parts;
    }
}
