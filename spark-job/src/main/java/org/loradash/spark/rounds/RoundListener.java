package org.loradash.spark.rounds;

/** What the driver does after each round: metrics, progress, checkpoints, the boundary's gathering. */
@FunctionalInterface
public interface RoundListener {
    void onRound(RoundOutcome outcome);

    /** Whether the stage ends before its last step; asked after each round. */
    default boolean endsStage() {
        return false;
    }
}
