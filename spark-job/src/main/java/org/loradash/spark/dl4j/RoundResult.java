package org.loradash.spark.dl4j;

import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.spark.api.TrainingResult;
import org.deeplearning4j.spark.api.stats.SparkTrainingStats;
import org.loradash.spark.rounds.Chunk;
import org.loradash.spark.rounds.RoundPart;
import org.loradash.train.Contribution;
import org.loradash.train.Contribution.Part;
import org.loradash.train.WorkerReport;
import scala.Tuple2;

/** What a worker's network holds at the end of a round; it leaves the process cut in chunks, one in memory at a time. */
public final class RoundResult implements TrainingResult {
    private final WorkerReport report;
    private final Function<Chunk, Part> values;
    private boolean finite = true;

    RoundResult(WorkerReport report, Function<Chunk, Part> values) {
        this.report = report;
        this.values = values;
    }

    /** Nothing to do: the report carries what a round's statistics are. */
    @Override
    public void setStats(SparkTrainingStats statistics) {}

    /** What the worker did. */
    public WorkerReport report() {
        return report;
    }

    /**
     * The pieces, keyed by the index of their chunk, and last the report, keyed by the number of chunks. A worker that
     * failed has nothing but its report.
     */
    public Iterator<Tuple2<Integer, RoundPart>> parts(List<Chunk> chunks) {
        Stream<Tuple2<Integer, RoundPart>> pieces = IntStream.range(
                        0, report.failed().isPresent() ? 0 : chunks.size())
                .mapToObj(chunk -> new Tuple2<>(chunk, piece(chunks.get(chunk))));
        Stream<Tuple2<Integer, RoundPart>> last =
                Stream.of(chunks.size()).map(key -> new Tuple2<>(key, new RoundPart.Reported(checkedReport())));
        return Stream.concat(pieces, last).iterator();
    }

    private RoundPart piece(Chunk chunk) {
        Part part = values.apply(chunk);
        finite &= part.isFinite();
        return new RoundPart.Piece(new Contribution(report.worker(), report.weight(), part));
    }

    private WorkerReport checkedReport() {
        if (finite) {
            return report;
        }
        int step = report.steps().get(report.steps().size() - 1).step();
        return new WorkerReport(
                report.worker(),
                report.steps(),
                new WorkerReport.Failure(step, "the parameters or their moments are not finite"),
                report.seconds());
    }
}
