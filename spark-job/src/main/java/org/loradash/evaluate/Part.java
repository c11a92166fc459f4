package org.loradash.evaluate;

import java.util.ArrayList;
import java.util.List;

/**
 * Questions that are answered and kept together.
 *
 * @param set its title
 * @param questions that follow each other, one at least
 */
public record Part(String set, List<Question> questions) {

    /** All parts of a set, each of that size but the last: the same ones however many have been answered. */
    static List<Part> of(Questions questions, int size) {
        List<Part> parts = new ArrayList<>();
        List<Question> all = questions.all();
        for (int from = 0; from < all.size(); from += size) {
            parts.add(new Part(
                    questions.set().title(), List.copyOf(all.subList(from, Math.min(all.size(), from + size)))));
        }
        return parts;
    }

    /** The index of its first question in the set. */
    public int first() {
        return questions.get(0).index();
    }
}
