package org.loradash.data;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import org.loradash.config.Labels;
import org.loradash.tsd.InvalidInput;
import org.loradash.tsd.io.Message;

/**
 * What is to be learnt of a text, as a table has it: a class by its name or, where no class has a number for its name, its
 * index; or a number.
 *
 * @param classes the names of all, or nothing where a number is learnt
 */
record Label(Optional<Labels> classes) {
    private static final int LONGEST_NUMBER = 64;

    /**
     * The index of a class, or the number.
     *
     * @throws InvalidInput where it is none
     */
    float of(String value, RecordPosition position) {
        return (classes.isPresent() ? index(classes.get(), value) : number(value))
                .orElseThrow(() -> InvalidInput.of(
                        position.toString(),
                        value.isBlank() ? "an empty label" : "label " + Message.oneLine(value),
                        allowed()));
    }

    private static Optional<Float> index(Labels classes, String value) {
        int named = classes.names().indexOf(value);
        if (named >= 0) {
            return Optional.of((float) named);
        }
        return isIndex(value) && byIndex(classes)
                ? Optional.of(Float.valueOf(value)).filter(index -> index < classes.count())
                : Optional.empty();
    }

    private static boolean byIndex(Labels classes) {
        return classes.names().stream().noneMatch(Label::isIndex);
    }

    private static boolean isIndex(String value) {
        return value.matches("0|[1-9]\\d{0,6}");
    }

    private static Optional<Float> number(String value) {
        try {
            return value.length() > LONGEST_NUMBER
                    ? Optional.empty()
                    : Optional.of(new BigDecimal(value).floatValue()).filter(Float::isFinite);
        } catch (NumberFormatException none) {
            return Optional.empty();
        }
    }

    private String allowed() {
        if (classes.isEmpty()) {
            return "must be a finite number";
        }
        List<String> names = classes.get().names();
        String indices = "a number from 0 to " + (classes.get().count() - 1);
        return names.isEmpty()
                ? "must be " + indices
                : "must be " + String.join(" or ", names) + (byIndex(classes.get()) ? ", or " + indices : "");
    }
}
