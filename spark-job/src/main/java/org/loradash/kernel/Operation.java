package org.loradash.kernel;

/**
 * One computation on tensors: its arguments, what must hold of them, how it is cut in parts and how it is computed. What
 * checks, shares out or watches operations knows no more of them than this.
 */
public interface Operation {

    /** Tells of every argument, and of the work. */
    void account(Account account);

    /** How it is cut for a team: by shapes alone, never by the number of threads. */
    default Cut cut() {
        return Cut.whole(this);
    }

    /** Computes it in single passes over the host's memory, on the calling thread; returns what it sums up. */
    double fused(Scratch scratch);

    /** Computes it in ND4J's operations, wherever ND4J runs; returns what it sums up. */
    double portable();

    /** As tables name it: its class, such as RmsNorm.Backward. */
    default String name() {
        String name = getClass().getName();
        return name.substring(name.lastIndexOf('.') + 1).replace('$', '.');
    }
}
