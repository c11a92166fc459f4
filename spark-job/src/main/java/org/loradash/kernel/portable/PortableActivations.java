package org.loradash.kernel.portable;

import org.loradash.kernel.operation.Activate;
import org.loradash.kernel.operation.Activation;
import org.loradash.kernel.operation.GatedUnit;
import org.loradash.kernel.operation.SoftCap;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Activations of all elements at once. */
public final class PortableActivations {
    private PortableActivations() {}

    public static void forward(Activate.Forward of) {
        try (MemoryWorkspace ignored = Workspace.open()) {
            of.out().array().assign(value(of.activation(), of.x().array()));
        }
    }

    public static void backward(Activate.Backward of) {
        try (MemoryWorkspace ignored = Workspace.open()) {
            INDArray x = of.x().array();
            INDArray dOut = of.dOut().array();
            INDArray value = value(of.activation(), x);
            x.assign(slope(of.activation(), x, value).muli(dOut));
            dOut.assign(value);
        }
    }

    public static void gated(GatedUnit.Forward of) {
        try (MemoryWorkspace ignored = Workspace.open()) {
            of.out()
                    .array()
                    .assign(value(of.activation(), of.gate().array())
                            .muli(of.up().array()));
        }
    }

    public static void gatedBackward(GatedUnit.Backward of) {
        try (MemoryWorkspace ignored = Workspace.open()) {
            INDArray dOut = of.dOut().array();
            INDArray gate = of.gate().array();
            INDArray up = of.up().array();
            INDArray value = value(of.activation(), gate);
            INDArray slope = slope(of.activation(), gate, value);
            INDArray out = value.mul(up);
            INDArray dUp = value.muli(dOut);
            gate.assign(slope.muli(dOut).muli(up));
            up.assign(dUp);
            dOut.assign(out);
        }
    }

    public static void softCap(SoftCap of) {
        try (MemoryWorkspace ignored = Workspace.open()) {
            INDArray x = of.x().array();
            x.assign(Transforms.tanh(x.div(of.cap()), false).muli(of.cap()));
        }
    }

    private static INDArray value(Activation activation, INDArray x) {
        return switch (activation) {
            case GELU, GELU_TANH, GELU_QUICK, SILU -> share(activation, x).muli(x);
            case RELU -> numbers(Transforms.max(x, 0, true), x);
            case TANH -> Transforms.tanh(x, true);
        };
    }

    private static INDArray slope(Activation activation, INDArray x, INDArray value) {
        return switch (activation) {
            case GELU -> Transforms.exp(x.mul(x).muli(-0.5), false)
                    .muli(1 / Math.sqrt(2 * Math.PI))
                    .muli(x)
                    .addi(share(activation, x));
            case GELU_TANH -> x.mul(x)
                    .muli(3 * Activation.OF_CUBE)
                    .addi(Activation.OF_LINE)
                    .muli(xTimesSlopeOfSigmoid(activation, x))
                    .addi(share(activation, x));
            case GELU_QUICK -> xTimesSlopeOfSigmoid(activation, x)
                    .muli(Activation.QUICK)
                    .addi(share(activation, x));
            case SILU -> xTimesSlopeOfSigmoid(activation, x).addi(share(activation, x));
            case RELU -> numbers(Transforms.sign(value, true), x);
            case TANH -> value.mul(value).rsubi(1);
        };
    }

    private static INDArray xTimesSlopeOfSigmoid(Activation activation, INDArray x) {
        INDArray sigmoid = share(activation, x);
        return sigmoid.rsub(1).muli(sigmoid).muli(x);
    }

    /** What x is multiplied by, from zero to one. */
    private static INDArray share(Activation activation, INDArray x) {
        return switch (activation) {
            case GELU -> erf(x.mul(Math.sqrt(0.5))).addi(1).muli(0.5);
            case GELU_TANH -> Transforms.sigmoid(
                    x.mul(x).muli(Activation.OF_CUBE).addi(Activation.OF_LINE).muli(x), false);
            case GELU_QUICK -> Transforms.sigmoid(x.mul(Activation.QUICK), false);
            case SILU -> Transforms.sigmoid(x, true);
            case RELU, TANH -> throw new IllegalArgumentException(activation + " is no share of x");
        };
    }

    /** The results where x is a number; ND4J's maximum and sign make zero of what is none. */
    private static INDArray numbers(INDArray results, INDArray x) {
        return results.divi(x.eq(x).castTo(DataType.FLOAT));
    }

    private static INDArray erf(INDArray x) {
        return Nd4j.getExecutioner().exec(new Erf(x, x));
    }
}
