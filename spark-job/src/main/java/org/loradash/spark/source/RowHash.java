package org.loradash.spark.source;

import java.io.Serializable;
import java.math.BigInteger;
import org.loradash.tsd.io.Sha256;

/**
 * A hash of rows in their order that does not depend on how they are parted: the SHA-256 of the rows are the coefficients of a
 * polynomial, taken at a fixed point modulo 2^255 - 19.
 *
 * @param rows how many
 * @param value the polynomial's, in hexadecimal
 */
public record RowHash(long rows, String value) implements Serializable {
    private static final BigInteger PRIME = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
    private static final BigInteger POINT = number(Sha256.of("rows of a table"));

    static final RowHash NONE = new RowHash(0, "0");

    /** Of these rows and others behind them. */
    RowHash and(RowHash behind) {
        BigInteger shifted = new BigInteger(value, 16).multiply(POINT.modPow(BigInteger.valueOf(behind.rows), PRIME));
        return new RowHash(
                rows + behind.rows,
                shifted.add(new BigInteger(behind.value, 16)).mod(PRIME).toString(16));
    }

    private static BigInteger number(String hexadecimal) {
        return new BigInteger(hexadecimal, 16).mod(PRIME);
    }

    /** What a user is shown, as long as other hashes. */
    String hexadecimal() {
        return "0".repeat(64 - value.length()) + value;
    }

    /** Hashes rows one after another. */
    static final class Sum {
        private long rows;
        private BigInteger value = BigInteger.ZERO;

        void add(String row) {
            value = value.multiply(POINT).add(number(Sha256.of(row))).mod(PRIME);
            rows++;
        }

        RowHash hash() {
            return new RowHash(rows, value.toString(16));
        }
    }
}
