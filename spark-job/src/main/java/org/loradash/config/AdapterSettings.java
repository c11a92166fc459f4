package org.loradash.config;

import static org.loradash.config.ValueType.names;
import static org.loradash.config.ValueType.number;
import static org.loradash.config.ValueType.oneOf;
import static org.loradash.config.ValueType.text;
import static org.loradash.config.ValueType.whole;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.loradash.config.ModelSettings.Storage;

/**
 * What is trained beside the frozen weights.
 *
 * @param method its name
 * @param rank columns of the adapter's factors
 * @param alpha the adapter's scale is alpha / rank
 * @param dropout probability that an element of the adapter's input is zeroed
 * @param targets names of modules or their endings at a dot, such as q_proj; or all-linear; nothing for the model's usual ones
 * @param startFrom a PEFT adapter directory whose factors the run starts from
 */
public record AdapterSettings(
        String method,
        int rank,
        double alpha,
        double dropout,
        Optional<List<String>> targets,
        Optional<String> startFrom) {
    static final Key<String> METHOD = Key.of(
            "adapter.method",
            oneOf(Methods.ALL.stream().map(MethodRules::name).toList()),
            "lora-dash",
            "what is trained. "
                    + Methods.ALL.stream()
                            .map(MethodRules::meaning)
                            .filter(meaning -> !meaning.isEmpty())
                            .collect(Collectors.joining(". ")),
            settings -> settings.adapter().method());

    static final Key<Integer> RANK = Key.of(
            "adapter.rank", whole(1, 65536), 32, "columns of the adapter's factors", settings -> settings.adapter()
                    .rank());

    static final Key<Double> ALPHA = Key.of(
            "adapter.alpha",
            number("above 0, at most 1e30", value -> value > 0 && value <= 1e30),
            64.0,
            "the adapter's scale is alpha / rank; " + Methods.names(method -> !method.hasScale()) + " have none",
            settings -> settings.adapter().alpha());

    static final Key<Double> DROPOUT = Key.of(
            "adapter.dropout",
            number("from 0 to below 1", value -> value >= 0 && (float) value < 1),
            0.0,
            "chance that an element of the adapter's input is zeroed",
            settings -> settings.adapter().dropout());

    static final Key<List<String>> TARGETS = Key.optional(
            "adapter.targets",
            names("a list of different module names"),
            "the linear layers that are adapted, by names or their endings at a dot, such as q_proj or self_attn.q_proj; all-linear:"
                    + " all of them but the output layer; not given: those that the article adapts, q_proj, k_proj, v_proj, up_proj"
                    + " and down_proj of a decoder, all of an encoder",
            settings -> settings.adapter().targets());

    static final Key<String> START_FROM = Key.optional(
            "adapter.start-from",
            text("a path"),
            "a PEFT adapter directory to go on from, for "
                    + Methods.names(method -> method.ownStart().isEmpty()),
            settings -> settings.adapter().startFrom());

    static final List<Key<?>> KEYS = List.of(METHOD, RANK, ALPHA, DROPOUT, TARGETS, START_FROM);

    static AdapterSettings of(Values given) {
        MethodRules method = Methods.named(given.value(METHOD));
        double dropout = given.value(DROPOUT);
        method.refusesDropout().filter(why -> dropout != 0).ifPresent(why -> {
            throw given.refused(DROPOUT, dropout, "must be 0 for " + method.name() + ", " + why);
        });
        Storage storage = given.value(ModelSettings.STORAGE);
        method.refusesQuantised().filter(why -> storage.isQuantised()).ifPresent(why -> {
            throw given.refused(
                    ModelSettings.STORAGE,
                    storage.written(),
                    "must be float32, bfloat16 or float16 for " + method.name() + ", " + why);
        });
        return new AdapterSettings(
                method.name(),
                given.value(RANK),
                given.value(ALPHA),
                dropout,
                given.optional(TARGETS),
                given.optional(START_FROM));
    }

    /** Whether the frozen weights may be quantised for the method. */
    public boolean allowsQuantised() {
        return Methods.named(method).refusesQuantised().isEmpty();
    }
}
