package org.loradash.adapter;

import java.util.List;
import org.loradash.config.MethodRules;

/** Tells the configuration which methods there are. */
public final class KnownMethods implements MethodRules.Source {

    @Override
    public List<Method> methods() {
        return Method.ALL;
    }
}
