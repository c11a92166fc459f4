package org.loradash.kernel;

import org.loradash.config.Settings.Storage;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A frozen weight matrix, row-major, held as float32, bfloat16 or float16; it may be larger than 2 GiB. */
public final class Weight {
    private final INDArray array;
    private final Storage storage;
    private final int rows;
    private final int columns;

    private Weight(INDArray array, Storage storage, int rows, int columns) {
        this.array = array;
        this.storage = storage;
        this.rows = rows;
        this.columns = columns;
    }

    /** New memory, rows x columns, not yet written. */
    public static Weight allocate(int rows, int columns, Storage storage) {
        NativeLibrary.select();
        DataType type =
                switch (storage) {
                    case FLOAT32 -> DataType.FLOAT;
                    case BFLOAT16 -> DataType.BFLOAT16;
                    case FLOAT16 -> DataType.HALF;
                };
        return new Weight(Nd4j.createUninitialized(type, rows, columns), storage, rows, columns);
    }

    public int rows() {
        return rows;
    }

    public int columns() {
        return columns;
    }

    public Storage storage() {
        return storage;
    }

    /** The matrix as ND4J sees it, in its storage type. */
    public INDArray array() {
        return array;
    }
}
