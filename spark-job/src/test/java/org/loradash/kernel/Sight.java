package org.loradash.kernel;

import org.loradash.kernel.operation.AttentionShape;
import org.loradash.kernel.operation.Reach;

/** Whom tokens see, and by which scores, as models have it. */
enum Sight {
    CAUSAL,
    BOTH_WAYS,
    WINDOW,
    WINDOW_BOTH_WAYS,
    CAPPED,
    CAPPED_WINDOW;

    AttentionShape of(AttentionShape causal, int window) {
        return switch (this) {
            case CAUSAL -> causal;
            case BOTH_WAYS -> causal.reaching(Reach.BOTH_WAYS);
            case WINDOW -> causal.reaching(Reach.window(window));
            case WINDOW_BOTH_WAYS -> causal.reaching(new Reach(window, window / 2));
            case CAPPED -> causal.capped(1.5f);
            case CAPPED_WINDOW -> causal.reaching(Reach.window(window)).capped(1.5f);
        };
    }
}
