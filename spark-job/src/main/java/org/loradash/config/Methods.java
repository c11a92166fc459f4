package org.loradash.config;

import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The methods of adaptation that adapter.method may name. */
final class Methods {
    static final List<MethodRules> ALL =
            ServiceLoader.load(MethodRules.Source.class, MethodRules.class.getClassLoader()).stream()
                    .<MethodRules>flatMap(source -> source.get().methods().stream())
                    .toList();

    private Methods() {}

    /** For a sentence: the names of some of them. */
    static String names(Predicate<MethodRules> some) {
        return ALL.stream().filter(some).map(MethodRules::name).collect(Collectors.joining(" and "));
    }

    static MethodRules named(String name) {
        return ALL.stream()
                .filter(method -> method.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("method: " + name));
    }
}
