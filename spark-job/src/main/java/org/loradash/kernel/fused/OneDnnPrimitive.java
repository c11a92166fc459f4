package org.loradash.kernel.fused;

import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.Pointer;

/** What oneDNN has made for one shape: code, and descriptions of its arguments, which lie elsewhere at each call. */
final class OneDnnPrimitive implements AutoCloseable {
    private final primitive code;
    private final memory[] memories;
    private final dnnl_exec_arg_t arguments;
    private final Address address = new Address();

    /**
     * @param kinds DNNL_ARG of each argument
     * @param memories of each argument, without memory yet
     */
    OneDnnPrimitive(primitive code, int[] kinds, memory[] memories) {
        this.code = code;
        this.memories = memories;
        this.arguments = new dnnl_exec_arg_t(kinds.length);
        for (int i = 0; i < kinds.length; i++) {
            arguments.position(i).arg(kinds[i]).memory(memories[i].get());
        }
        arguments.position(0);
    }

    /** Computes on the calling thread, the arguments in the order of their kinds. */
    void run(stream stream, Pointer... at) {
        for (int i = 0; i < memories.length; i++) {
            memories[i].set_data_handle(address.of(at[i]));
        }
        int status = dnnl.dnnl_primitive_execute(code.get(), stream.get(), memories.length, arguments);
        if (status != dnnl.dnnl_success) {
            throw new IllegalStateException("oneDNN refused %d arguments with status %d".formatted(at.length, status));
        }
    }

    @Override
    public void close() {
        arguments.close();
        code.close();
        for (memory memory : memories) {
            memory.close();
        }
    }

    /** A place without a type, whose position would count bytes. */
    private static final class Address extends Pointer {
        Address of(Pointer typed) {
            address = typed.address() + typed.position() * typed.sizeof();
            return this;
        }
    }
}
