package org.loradash.spark.application;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;

/** What was freed outside the heap, which the C library keeps for the next to ask: as much as a model, where several follow. */
final class FreedMemory {
    private FreedMemory() {}

    /** Gives it back to the system, by the JVM's own diagnostic command; a JVM without it keeps the memory. */
    static void giveBack() {
        try {
            ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "systemTrimNativeHeap",
                            new Object[0],
                            new String[0]);
        } catch (JMException absent) {
            // Java before 17.0.9 and systems other than Linux have no such command.
        }
    }
}
