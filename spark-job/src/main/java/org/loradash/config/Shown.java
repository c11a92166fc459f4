package org.loradash.config;

import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;

/** Names, values and places of a configuration as parts of a one-line message, whatever they contain. */
final class Shown {
    private static final int LONGEST_NAME = 80;
    private static final int LONGEST_VALUE = 80;

    private Shown() {}

    static String name(String name) {
        boolean plain = name.chars().noneMatch(Character::isISOControl);
        return shortened(plain ? name : ConfigUtil.quoteString(name), LONGEST_NAME);
    }

    /** As it was typed when that is a visible text on one line, otherwise as HOCON. */
    static String value(ConfigValue value) {
        String shown = ValueType.scalar(value)
                .filter(text -> !text.isBlank() && text.chars().noneMatch(Character::isISOControl))
                .orElseGet(() -> value.render(ConfigRenderOptions.concise()));
        return shortened(shown, LONGEST_VALUE);
    }

    /** File and line, or the option that it came from. */
    static String place(ConfigValue value) {
        ConfigOrigin origin = value.origin();
        String description = origin.description();
        String line = ": " + origin.lineNumber();
        return description.endsWith(line)
                ? description.substring(0, description.length() - line.length()) + ":" + origin.lineNumber()
                : description;
    }

    static String shortened(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest) + " ...";
    }
}
