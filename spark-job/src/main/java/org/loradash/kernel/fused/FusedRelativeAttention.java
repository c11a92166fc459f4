package org.loradash.kernel.fused;

import org.loradash.kernel.Scratch;
import org.loradash.kernel.operation.RelativeAttention.Backward;
import org.loradash.kernel.operation.RelativeAttention.Forward;
import org.loradash.kernel.portable.PortableRelativeAttention;

/** Relative attention by blocks of queries. */
public final class FusedRelativeAttention {
    private FusedRelativeAttention() {}

    public static void forward(Forward of, Scratch scratch) {
        PortableRelativeAttention.forward(of);
    }

    public static void backward(Backward of, Scratch scratch) {
        PortableRelativeAttention.backward(of);
    }
}
