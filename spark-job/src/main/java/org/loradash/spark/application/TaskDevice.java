package org.loradash.spark.application;

import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.loradash.kernel.Device;
import org.loradash.tsd.InvalidInput;

/** The GPU that Spark gives to a task, handed down to the engine, which does not know Spark. */
public final class TaskDevice {
    private static final String RESOURCE = "gpu";

    private TaskDevice() {}

    /** Makes this process compute on the task's GPU, where Spark gives it one; outside a task nothing happens. */
    public static void use() {
        TaskContext task = TaskContext.get();
        if (task == null) {
            return;
        }
        ResourceInformation gpus = task.resourcesJMap().get(RESOURCE);
        if (gpus == null) {
            return;
        }
        if (gpus.addresses().length != 1) {
            throw InvalidInput.of("spark.task.resource.gpu.amount", gpus.addresses().length, "must be 1");
        }
        Device.use(gpus.addresses()[0]);
    }
}
