package org.loradash.config;

import java.util.List;
import java.util.Optional;

/** What a configuration must know of a method of adaptation. */
public interface MethodRules {

    /** Who has methods: found by {@link java.util.ServiceLoader}, since a configuration knows nothing that computes. */
    interface Source {
        /** In the order in which help tells them. */
        List<? extends MethodRules> methods();
    }

    /** The value of adapter.method. */
    String name();

    /** What it trains, for help: its name and a few words; empty where another method's words tell of it. */
    String meaning();

    /** Whether alpha / rank scales what it adds. */
    default boolean hasScale() {
        return true;
    }

    /** Why dropout must be 0; nothing where it need not be. */
    default Optional<String> refusesDropout() {
        return Optional.empty();
    }

    /** Why the frozen weights must not be quantised; nothing where they may be. */
    default Optional<String> refusesQuantised() {
        return Optional.empty();
    }

    /** What it starts from, where that cannot be an adapter that is given. */
    default Optional<String> ownStart() {
        return Optional.empty();
    }

    /** The method that is the same without a sprint; nothing where this one has a sprint only if it is asked for. */
    default Optional<String> withoutSprint() {
        return Optional.empty();
    }
}
