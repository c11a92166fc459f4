package org.loradash.spark.rounds;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.TaskCompletionListener;
import org.loradash.train.Averaging;
import org.loradash.train.Contribution;
import org.loradash.train.Contribution.Part;
import org.loradash.train.TrainingState;
import scala.Tuple2;

/**
 * One round as Spark sees it: a stage of P tasks, one a worker, whose pieces are shuffled so that all pieces of a chunk
 * meet; then a stage whose tasks average some chunks each, in the order of the workers' numbers, so that the result has
 * the same bits whichever worker was done first or had to be repeated.
 */
public final class Round {
    private Round() {}

    /**
     * All workers' pieces, some chunks to a partition, and one more partition for the reports.
     *
     * @param locations where the data lies: partition w has worker w's
     */
    public static JavaPairRDD<Integer, RoundPart> pieces(
            JavaRDD<String> locations, Worker worker, List<Chunk> chunks, ArrivalClock clock) {
        return locations
                .mapPartitionsWithIndex(
                        (number, partition) -> {
                            clock.add(true);
                            TaskContext.get()
                                    .addTaskCompletionListener((TaskCompletionListener) context -> worker.release());
                            return worker.run(number, partition.next(), chunks);
                        },
                        false)
                .mapToPair(part -> part)
                .partitionBy(new ChunkPartitioner(chunks));
    }

    /** The chunks of the next state, and the reports. */
    public static JavaRDD<RoundPart> averages(
            JavaPairRDD<Integer, RoundPart> pieces,
            int workers,
            List<Chunk> chunks,
            Broadcast<TrainingState> before,
            Averaging averaging) {
        return pieces.mapPartitionsToPair(Round::met).flatMap(met -> {
            if (met._1() == chunks.size()) {
                return met._2().iterator();
            }
            if (met._2().size() < workers) {
                // A worker failed, and its report says so.
                return List.<RoundPart>of().iterator();
            }
            int from = chunks.get(met._1()).from();
            Part next = averaging.next(before.value(), from, contributions(met._2()));
            return List.<RoundPart>of(new RoundPart.Averaged(met._1(), next)).iterator();
        });
    }

    /** The workers' own parameters of each chunk. */
    public static JavaRDD<Gathered> gathered(JavaPairRDD<Integer, RoundPart> pieces, int chunks) {
        return pieces.mapPartitionsToPair(Round::met)
                .filter(met -> met._1() < chunks)
                .map(met -> new Gathered(
                        met._1(),
                        contributions(met._2()).stream()
                                .map(Round::withoutMoments)
                                .toList()));
    }

    /** What met in a partition, by chunks in their order. */
    private static Iterator<Tuple2<Integer, List<RoundPart>>> met(Iterator<Tuple2<Integer, RoundPart>> partition) {
        Map<Integer, List<RoundPart>> parts = new TreeMap<>();
        partition.forEachRemaining(part ->
                parts.computeIfAbsent(part._1(), chunk -> new ArrayList<>()).add(part._2()));
        return parts.entrySet().stream()
                .map(of -> new Tuple2<>(of.getKey(), of.getValue()))
                .iterator();
    }

    private static List<Contribution> contributions(List<RoundPart> parts) {
        return parts.stream()
                .map(part -> ((RoundPart.Piece) part).contribution())
                .sorted(Comparator.comparingInt(Contribution::worker))
                .toList();
    }

    private static Contribution withoutMoments(Contribution contribution) {
        Part part = new Part(contribution.values().parameters(), new float[0], new float[0]);
        return new Contribution(contribution.worker(), contribution.weight(), part);
    }
}
