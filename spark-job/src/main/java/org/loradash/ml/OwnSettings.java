package org.loradash.ml;

import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.loradash.tsd.InvalidInput;

/** The command's settings as params give them. */
final class OwnSettings {
    /** What params say, or {@code fit} itself. */
    private static final List<String> PARAMS =
            List.of("run.output", "model.path", "task.kind", "data.train", "data.source", "data.format");

    private OwnSettings() {}

    /** What a caller sets of the command's settings, and behind it what the params mean. */
    static List<String> of(LoraDashParams params, List<String> meant) {
        List<String> all = new ArrayList<>();
        for (String setting : params.getSettings()) {
            String key = setting.replaceFirst("=.*", "").strip();
            if (PARAMS.contains(key)) {
                throw InvalidInput.of("settings", key, "must be absent: params say it");
            }
            all.add(setting);
        }
        if (params.isDefined(params.modelPath())) {
            all.add(text("model.path", params.getModelPath()));
        }
        all.addAll(meant);
        return all;
    }

    /** A setting whose value is a text as it stands. */
    static String text(String key, String value) {
        return key + "=" + quoted(value);
    }

    /** A setting whose value is a list of texts as they stand. */
    static String texts(String key, Stream<String> values) {
        return values.map(OwnSettings::quoted).collect(Collectors.joining(", ", key + "=[", "]"));
    }

    private static String quoted(String value) {
        return new TextNode(value).toString();
    }
}
