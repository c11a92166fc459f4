package org.loradash.kernel.operation;

import org.loradash.config.TrainingSettings.Arithmetic;
import org.loradash.kernel.Account;
import org.loradash.kernel.Cut;
import org.loradash.kernel.Operation;
import org.loradash.kernel.Parts;
import org.loradash.kernel.Scratch;
import org.loradash.kernel.Tensor;
import org.loradash.kernel.fused.Bfloat16Product;
import org.loradash.kernel.fused.FewRowsProduct;
import org.loradash.kernel.portable.PortableProduct;

/** c (m x n) = alpha * a (m x k) * b (k x n) + beta * c, each factor taken plain or transposed; all may have gaps. */
public record MatrixProduct(Tensor a, Side sideOfA, Tensor b, Side sideOfB, Tensor c, float alpha, float beta)
        implements Operation {

    /** Whether a factor is taken as it lies or transposed. */
    public enum Side {
        PLAIN,
        TRANSPOSED
    }

    /** k: the products that each element of the result sums up. */
    public int inner() {
        return sideOfA == Side.PLAIN ? a.columns() : a.rows();
    }

    @Override
    public void account(Account account) {
        boolean plainB = sideOfB == Side.PLAIN;
        account.reads("a", a);
        account.reads("b", b);
        Account.same("a's inner side against b's", inner(), 1, plainB ? b.rows() : b.columns(), 1);
        (beta == 0 ? account.writes("c", c) : account.changes("c", c))
                .shape(sideOfA == Side.PLAIN ? a.rows() : a.columns(), plainB ? b.columns() : b.rows())
                .computes(2 * c.size() * inner());
    }

    @Override
    public Cut cut() {
        Parts.Grid grid = FewRowsProduct.hasFewRows(this)
                ? Parts.ofFewRows(c.columns(), inner())
                : Parts.ofProduct(c.rows(), c.columns(), inner());
        return Cut.blocks(
                grid,
                c.rows(),
                c.columns(),
                (fromRow, toRow, fromColumn, toColumn) -> new MatrixProduct(
                        sideOfA == Side.PLAIN ? a.rows(fromRow, toRow) : a.columns(fromRow, toRow),
                        sideOfA,
                        sideOfB == Side.PLAIN ? b.columns(fromColumn, toColumn) : b.rows(fromColumn, toColumn),
                        sideOfB,
                        c.rows(fromRow, toRow).columns(fromColumn, toColumn),
                        alpha,
                        beta));
    }

    @Override
    public double fused(Scratch scratch) {
        if (scratch.arithmetic() == Arithmetic.BFLOAT16 && Bfloat16Product.suits(this)) {
            scratch.kept(Bfloat16Product.class, Bfloat16Product::new).multiply(this);
        } else if (FewRowsProduct.suits(this)) {
            FewRowsProduct.multiply(this, scratch);
        } else {
            PortableProduct.multiply(this);
        }
        return 0;
    }

    @Override
    public double portable() {
        PortableProduct.multiply(this);
        return 0;
    }
}
