package org.loradash.data.jinja;

/** What may stand between two values and is true or false. */
final class Comparison {
    private Comparison() {}

    /** @param operator == != < <= > >= in, or "not in" */
    static boolean holds(String operator, Object left, Object right, Rendering rendering) {
        return switch (operator) {
            case "==" -> Values.equal(left, right, rendering);
            case "!=" -> !Values.equal(left, right, rendering);
            case "<" -> Values.compare(operator, left, right, rendering) < 0;
            case "<=" -> Values.compare(operator, left, right, rendering) <= 0;
            case ">" -> Values.compare(operator, left, right, rendering) > 0;
            case ">=" -> Values.compare(operator, left, right, rendering) >= 0;
            case "in" -> Values.contains(right, left, rendering);
            default -> !Values.contains(right, left, rendering);
        };
    }
}
