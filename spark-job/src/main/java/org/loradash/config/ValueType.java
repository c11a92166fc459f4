package org.loradash.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.DoublePredicate;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * What the value of a setting may be.
 *
 * @param allowed continues "must be", for example "a whole number from 1 to 8"
 * @param parse the value, or nothing when it is not allowed
 * @param write the value as HOCON that {@code parse} accepts
 * @param withPaths the value with others in place of the paths in it that tasks use
 */
record ValueType<T>(
        String allowed,
        Function<ConfigValue, Optional<T>> parse,
        Function<T, String> write,
        BiFunction<T, UnaryOperator<String>, T> withPaths) {
    static final int MILLION = 1_000_000;

    /** The most of what is counted: a record's index over a run keeps within 64 bits. */
    static final int BILLION = 1_000_000_000;

    private static final int LONGEST_NUMBER = 64;

    /** A value that holds no path which tasks use. */
    private ValueType(String allowed, Function<ConfigValue, Optional<T>> parse, Function<T, String> write) {
        this(allowed, parse, write, (value, change) -> value);
    }

    /** A path that tasks use, whose working directory is another one than the user's. */
    static ValueType<String> taskPath() {
        return new ValueType<>(
                "a path", ValueType::plainText, ConfigUtil::quoteString, (path, change) -> change.apply(path));
    }

    /** One of those paths, or a list of them in their order. */
    static ValueType<List<String>> taskPaths() {
        return new ValueType<>(
                "a path or a list of paths",
                ValueType::plainTexts,
                ValueType::written,
                (paths, change) -> paths.stream().map(change).toList());
    }

    static ValueType<String> text(String allowed) {
        return new ValueType<>(allowed, ValueType::plainText, ConfigUtil::quoteString);
    }

    /** A template's name, or a path that tasks use, which has a slash or ends in .jinja. */
    static ValueType<String> templateName() {
        return new ValueType<>(
                "a template's name, or a path with a slash or the ending .jinja",
                ValueType::plainText,
                ConfigUtil::quoteString,
                (given, change) -> given.contains("/") || given.endsWith(".jinja") ? change.apply(given) : given);
    }

    /** A server's address, without anything that would be a secret. */
    static ValueType<String> webAddress() {
        return new ValueType<>(
                "an http or https URI of a host, without user, password, query and fragment",
                value -> plainText(value).filter(ValueType::isWebAddress),
                ConfigUtil::quoteString);
    }

    private static boolean isWebAddress(String text) {
        try {
            URI uri = new URI(text);
            return ("http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getPort() <= 65535
                    && uri.getRawUserInfo() == null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null;
        } catch (URISyntaxException none) {
            return false;
        }
    }

    /** A day as ISO 8601 has it. */
    static ValueType<String> date() {
        return new ValueType<>(
                "a day such as 2026-11-26", value -> scalar(value).filter(ValueType::isDate), ConfigUtil::quoteString);
    }

    private static boolean isDate(String text) {
        try {
            LocalDate day = LocalDate.parse(text);
            return day.getYear() >= 1000 && day.getYear() <= 9999;
        } catch (DateTimeParseException none) {
            return false;
        }
    }

    /** One text, or a list of them in their order. */
    static ValueType<List<String>> texts(String allowed) {
        return new ValueType<>(allowed, ValueType::plainTexts, ValueType::written);
    }

    /** A list of different names, or one text that lists them between commas. */
    static ValueType<List<String>> names(String allowed) {
        return new ValueType<>(
                allowed,
                value -> (value.valueType() == ConfigValueType.LIST
                                ? plainTexts(value)
                                : scalar(value).map(text -> List.of(text.split("\\s*,\\s*", -1))))
                        .map(names -> names.stream().map(String::strip).toList())
                        .filter(names -> names.stream().noneMatch(String::isEmpty))
                        .filter(names -> new HashSet<>(names).size() == names.size()),
                ValueType::written);
    }

    /** The same, or an empty list. */
    static ValueType<List<String>> namesOrNone(String allowed) {
        ValueType<List<String>> some = names(allowed);
        return new ValueType<>(
                allowed,
                value -> value instanceof ConfigList list && list.isEmpty()
                        ? Optional.of(List.of())
                        : some.parse().apply(value),
                ValueType::written);
    }

    /** How many classes there are, or their names. */
    static ValueType<Labels> classes() {
        ValueType<Integer> count = whole(2, MILLION);
        ValueType<List<String>> names = names("names");
        return new ValueType<>(
                count.allowed() + ", or a list of two or more different names",
                value -> count.parse().apply(value).map(Labels::of).or(() -> names.parse()
                        .apply(value)
                        .filter(all -> all.size() > 1)
                        .map(all -> new Labels(all.size(), all))),
                labels -> labels.names().isEmpty() ? String.valueOf(labels.count()) : written(labels.names()));
    }

    static ValueType<Integer> whole(int least, int most) {
        return new ValueType<>(
                "a whole number from " + least + " to " + most,
                value -> wholeNumber(value)
                        .filter(number -> number >= least && number <= most)
                        .map(Long::intValue),
                String::valueOf);
    }

    /** A whole number within bounds, or a word in its place: nothing. */
    static ValueType<Optional<Integer>> wholeOr(String word, int least, int most) {
        ValueType<Integer> number = whole(least, most);
        return new ValueType<>(
                number.allowed() + ", or " + word,
                value -> scalar(value).filter(word::equals).isPresent()
                        ? Optional.of(Optional.empty())
                        : number.parse().apply(value).map(Optional::of),
                given -> given.map(number.write()).orElse(word));
    }

    static ValueType<Long> anyWhole() {
        return new ValueType<>("a whole number of 64 bits", ValueType::wholeNumber, String::valueOf);
    }

    /** A finite number within the range that the words and the test both describe. */
    static ValueType<Double> number(String range, DoublePredicate within) {
        return new ValueType<>(
                "a number " + range,
                value -> decimal(value)
                        .map(BigDecimal::doubleValue)
                        .filter(Double::isFinite)
                        .filter(within::test),
                ValueType::written);
    }

    static ValueType<Boolean> flag() {
        return new ValueType<>(
                "true or false",
                value -> scalar(value)
                        .filter(text -> text.equals("true") || text.equals("false"))
                        .map(Boolean::valueOf),
                String::valueOf);
    }

    /** One of an enumeration's constants, written in lower case with hyphens. */
    static <E extends Enum<E>> ValueType<E> choice(Class<E> constants) {
        return oneOf(List.of(constants.getEnumConstants()), ValueType::written);
    }

    /** One of several names. */
    static ValueType<String> oneOf(List<String> names) {
        return oneOf(names, name -> name);
    }

    private static <T> ValueType<T> oneOf(List<T> all, Function<T, String> write) {
        return new ValueType<>(
                all.stream().map(write).collect(Collectors.joining(" or ")),
                value -> scalar(value).flatMap(text -> all.stream()
                        .filter(one -> write.apply(one).equals(text))
                        .findFirst()),
                write);
    }

    /** The text of a string, number or flag as it was typed; nothing for null, lists and sections. */
    static Optional<String> scalar(ConfigValue value) {
        return switch (value.valueType()) {
            case STRING, NUMBER, BOOLEAN -> Optional.of(value.atKey("value").getString("value"));
            case NULL, LIST, OBJECT -> Optional.empty();
        };
    }

    private static Optional<String> plainText(ConfigValue value) {
        return scalar(value).filter(text -> !text.isBlank() && text.chars().noneMatch(Character::isISOControl));
    }

    private static Optional<List<String>> plainTexts(ConfigValue value) {
        List<? extends ConfigValue> elements = value instanceof ConfigList list ? list : List.of(value);
        List<String> texts = elements.stream()
                .flatMap(element -> plainText(element).stream())
                .toList();
        return Optional.of(texts).filter(all -> !all.isEmpty() && all.size() == elements.size());
    }

    private static Optional<BigDecimal> decimal(ConfigValue value) {
        Optional<String> text = scalar(value).map(String::strip).filter(typed -> typed.length() <= LONGEST_NUMBER);
        try {
            return text.map(BigDecimal::new);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<Long> wholeNumber(ConfigValue value) {
        try {
            return decimal(value).map(BigDecimal::longValueExact);
        } catch (ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static String written(List<String> texts) {
        return texts.stream().map(ConfigUtil::quoteString).collect(Collectors.joining(", ", "[", "]"));
    }

    /** Shortest form that reads back as the same number: 64, 0.05, 2e-4. */
    private static String written(double number) {
        return Double.toString(number).replace("E", "e").replaceFirst("\\.0(?=e|$)", "");
    }

    private static String written(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
