package org.loradash.train;

import java.util.Arrays;
import java.util.List;
import org.loradash.tsd.direction.ChangeRates;
import org.loradash.tsd.direction.CoreProjection;
import org.loradash.tsd.direction.TaskSpecificDirections;
import org.loradash.tsd.linalg.MatrixProduct;
import org.loradash.tsd.linalg.SingularValueDecomposition;

/**
 * What pre-launch tells of one target's directions.
 *
 * @param deltaSigma by how much each singular value changes in the mean of the workers' products
 * @param changeRates of each direction
 * @param directions the chosen ones, best first: the task-specific ones unless others were put in their place
 * @param productOfMeansDifference relative Frobenius norm of mean(B) mean(A) minus the mean of the products
 * @param directionsThatDiffer how many of the task-specific directions mean(B) mean(A) would not have chosen
 */
public record TargetBoundary(
        float[] sigma,
        float[] deltaSigma,
        float[] changeRates,
        int[] directions,
        double productOfMeansDifference,
        int directionsThatDiffer) {

    /**
     * A worker's change b a of the target.
     *
     * @param weight the worker's share of all that was trained on; shares add up to 1
     * @param b outputs x rank
     * @param a rank x inputs
     */
    public record WorkerChange(double weight, float[] b, float[] a) {}

    /**
     * The boundary of LoRA-Dash for one target (arXiv 2409.01035): change rates of the exact mean of the workers'
     * products, which is not the product of their means, and the directions with the highest.
     *
     * @param rank of the changes
     * @param count of directions to choose
     */
    public static TargetBoundary of(
            SingularValueDecomposition svd, List<WorkerChange> changes, int rank, int count, double epsilon) {
        float[] deltaSigma = new float[svd.size()];
        for (WorkerChange change : changes) {
            add(CoreProjection.ofLowRank(svd, change.b(), change.a(), 1), change.weight(), deltaSigma);
        }
        float[] rates = ChangeRates.of(deltaSigma, svd.sigma(), epsilon);
        int[] directions = TaskSpecificDirections.choose(rates, count);

        WorkerChange mean = mean(changes);
        float[] ofMeans = CoreProjection.ofLowRank(svd, mean.b(), mean.a(), 1);
        int[] others = TaskSpecificDirections.choose(ChangeRates.of(ofMeans, svd.sigma(), epsilon), count);
        return new TargetBoundary(
                svd.sigma(),
                deltaSigma,
                rates,
                directions,
                difference(changes, mean, rank),
                missing(directions, others));
    }

    /**
     * The same for changes of any rank, (kept - 1) W + added: the mean of the workers' changes is one of these too, so
     * that there is no other mean to compare it with. W's own coordinates are its singular values.
     *
     * @param kept mean of the workers'
     * @param added mean of the workers', outputs x inputs
     */
    public static TargetBoundary ofDense(
            SingularValueDecomposition svd, double kept, float[] added, int count, double epsilon) {
        float[] deltaSigma = CoreProjection.ofDense(svd, added);
        add(svd.sigma(), kept - 1, deltaSigma);
        float[] rates = ChangeRates.of(deltaSigma, svd.sigma(), epsilon);
        return new TargetBoundary(svd.sigma(), deltaSigma, rates, TaskSpecificDirections.choose(rates, count), 0, 0);
    }

    /** The same with other directions in place of the task-specific ones. */
    public TargetBoundary withDirections(int[] others) {
        return new TargetBoundary(
                sigma, deltaSigma, changeRates, others, productOfMeansDifference, directionsThatDiffer);
    }

    /** The directions with the highest change rates, best first, at most so many. */
    public int[] best(int count) {
        return TaskSpecificDirections.choose(changeRates, count);
    }

    private static WorkerChange mean(List<WorkerChange> changes) {
        float[] b = new float[changes.get(0).b().length];
        float[] a = new float[changes.get(0).a().length];
        for (WorkerChange change : changes) {
            add(change.b(), change.weight(), b);
            add(change.a(), change.weight(), a);
        }
        return new WorkerChange(1, b, a);
    }

    private static void add(float[] values, double weight, float[] sum) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += (float) (weight * values[i]);
        }
    }

    /**
     * Since sum w B A - mean(B) mean(A) = sum w (B - mean(B)) (A - mean(A)), the norm comes from products of small
     * differences and loses no digits to cancellation.
     */
    private static double difference(List<WorkerChange> changes, WorkerChange mean, int rank) {
        if (changes.size() == 1) {
            return 0;
        }
        List<WorkerChange> deviations = changes.stream()
                .map(change ->
                        new WorkerChange(change.weight(), minus(change.b(), mean.b()), minus(change.a(), mean.a())))
                .toList();
        double norm = norm(changes, rank);
        return norm == 0 ? 0 : norm(deviations, rank) / norm;
    }

    private static float[] minus(float[] values, float[] others) {
        float[] result = values.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] -= others[i];
        }
        return result;
    }

    /** Frobenius norm of sum w b a, from the Gram matrices of the factors: ||X Y||^2 = sum of (X^T X) o (Y Y^T). */
    private static double norm(List<WorkerChange> changes, int rank) {
        double sum = 0;
        for (WorkerChange one : changes) {
            int outputs = one.b().length / rank;
            int inputs = one.a().length / rank;
            for (WorkerChange other : changes) {
                float[] ofB = MatrixProduct.transposed(one.b(), other.b(), outputs, rank, rank);
                float[] ofA = MatrixProduct.withTransposed(one.a(), other.a(), rank, rank, inputs);
                double part = 0;
                for (int i = 0; i < ofB.length; i++) {
                    part += (double) ofB[i] * ofA[i];
                }
                sum += one.weight() * other.weight() * part;
            }
        }
        return Math.sqrt(Math.max(0, sum));
    }

    private static int missing(int[] directions, int[] others) {
        int missing = 0;
        for (int direction : directions) {
            missing += Arrays.stream(others).anyMatch(other -> other == direction) ? 0 : 1;
        }
        return missing;
    }
}
