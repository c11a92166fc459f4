package org.loradash.kernel.fused;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.ShortPointer;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.operation.MatrixProduct;
import org.loradash.kernel.operation.MatrixProduct.Side;

/**
 * The matrix product of factors that are rounded to bfloat16, the nearest, ties to even, with sums in float32: oneDNN's, by
 * AMX or AVX512-BF16. Belongs to one thread, with memory for the rounded factors, a block of each at a time, and the code
 * that oneDNN has made for the shapes that were seen last.
 *
 * <p>Rounding takes a pass over memory for each factor. Products with a low-rank factor are too small for it to pay and stay
 * in float32.
 */
public final class Bfloat16Product {
    /** A side shorter than which a product stays in float32: rounding the long factor would take the time that it saves. */
    private static final int LEAST_SIDE = 64;

    /** Columns of a block, of the inner side. */
    private static final int MOST_INNER = 4096;

    /** Elements of a block: 4 MiB, of which there are two. */
    private static final int ELEMENTS = 1 << 21;

    /** Shapes that are kept. */
    private static final int KEPT = 512;

    private static final class Engine {
        static final engine CPU = new engine(engine.kind.cpu, 0);
    }

    private final stream stream = new stream(Engine.CPU);
    private final ShortPointer left = new ShortPointer(ELEMENTS);
    private final ShortPointer right = new ShortPointer(ELEMENTS);
    private final Map<Rounding, OneDnnPrimitive> roundings = kept();
    private final Map<Shape, OneDnnPrimitive> products = kept();

    /** Float32 rows x columns, stride elements apart, to dense bfloat16. */
    private record Rounding(int rows, int columns, int stride) {}

    /** Of a product of rounded factors that lie dense as they were. */
    private record Shape(int m, int n, int k, Side sideOfA, Side sideOfB, int stride, float alpha, float beta) {}

    /** Whether a product is computed so; the others stay in float32. */
    public static boolean suits(MatrixProduct of) {
        return of.inner() >= LEAST_SIDE && of.c().rows() >= LEAST_SIDE && of.c().columns() >= LEAST_SIDE;
    }

    /** c = alpha * a * b + beta * c, on the calling thread alone. */
    public void multiply(MatrixProduct of) {
        int inner = Math.min(of.inner(), MOST_INNER);
        int side = ELEMENTS / inner;
        for (int k = 0; k < of.inner(); k += inner) {
            int toK = Math.min(of.inner(), k + inner);
            float beta = k == 0 ? of.beta() : 1;
            for (int m = 0; m < of.c().rows(); m += side) {
                int toM = Math.min(of.c().rows(), m + side);
                Tensor a = of.a();
                round(of.sideOfA() == Side.PLAIN ? window(a, m, toM, k, toK) : window(a, k, toK, m, toM), left);
                for (int n = 0; n < of.c().columns(); n += side) {
                    int toN = Math.min(of.c().columns(), n + side);
                    Tensor b = of.b();
                    round(of.sideOfB() == Side.PLAIN ? window(b, k, toK, n, toN) : window(b, n, toN, k, toK), right);
                    Tensor c = window(of.c(), m, toM, n, toN);
                    Shape shape = new Shape(
                            toM - m, toN - n, toK - k, of.sideOfA(), of.sideOfB(), stride(c), of.alpha(), beta);
                    products.computeIfAbsent(shape, this::product).run(stream, left, right, c.pointer());
                }
            }
        }
    }

    private static Tensor window(Tensor of, int fromRow, int toRow, int fromColumn, int toColumn) {
        return of.rows(fromRow, toRow).columns(fromColumn, toColumn);
    }

    private void round(Tensor from, ShortPointer to) {
        Rounding rounding = new Rounding(from.rows(), from.columns(), stride(from));
        roundings.computeIfAbsent(rounding, this::rounding).run(stream, from.pointer(), to);
    }

    /** A single row's stride means nothing, but oneDNN wants it to be at least the columns. */
    private static int stride(Tensor x) {
        return Math.max(x.stride(), x.columns());
    }

    private OneDnnPrimitive rounding(Rounding of) {
        memory from = memory(of.rows(), of.columns(), memory.data_type.f32, of.stride(), 1);
        memory to = memory(of.rows(), of.columns(), memory.data_type.bf16, of.columns(), 1);
        return new OneDnnPrimitive(
                new reorder(new reorder.primitive_desc(from, to)),
                new int[] {DNNL_ARG_FROM, DNNL_ARG_TO},
                new memory[] {from, to});
    }

    private OneDnnPrimitive product(Shape of) {
        memory a = factor(of.m(), of.k(), of.sideOfA());
        memory b = factor(of.k(), of.n(), of.sideOfB());
        memory c = memory(of.m(), of.n(), memory.data_type.f32, of.stride(), 1);
        primitive_attr attributes = new primitive_attr();
        if (of.alpha() != 1) {
            attributes.set_output_scales(0, new float[] {of.alpha()});
        }
        if (of.beta() != 0) {
            post_ops after = new post_ops();
            after.append_sum(of.beta(), memory.data_type.undef);
            attributes.set_post_ops(after);
        }
        matmul.desc description = new matmul.desc(a.get_desc(), b.get_desc(), c.get_desc());
        return new OneDnnPrimitive(
                new matmul(new matmul.primitive_desc(description, attributes, Engine.CPU)),
                new int[] {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST},
                new memory[] {a, b, c});
    }

    /** A rounded factor, rows x columns as the product sees it, which lies so or transposed. */
    private static memory factor(int rows, int columns, Side side) {
        return side == Side.PLAIN
                ? memory(rows, columns, memory.data_type.bf16, columns, 1)
                : memory(rows, columns, memory.data_type.bf16, 1, rows);
    }

    private static memory memory(int rows, int columns, memory.data_type type, long ofRow, long ofColumn) {
        memory.desc description = new memory.desc(new long[] {rows, columns}, type, new long[] {ofRow, ofColumn});
        return new memory(description, Engine.CPU, null);
    }

    /** Forgets what was used longest ago. */
    private static <K> Map<K, OneDnnPrimitive> kept() {
        return new LinkedHashMap<>(2 * KEPT, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, OneDnnPrimitive> eldest) {
                if (size() <= KEPT) {
                    return false;
                }
                eldest.getValue().close();
                return true;
            }
        };
    }
}
