package org.loradash.cli;

import org.loradash.task.Preview.Shown;

/** How {@code show} writes a record. */
interface ShownRecords {
    void show(Shown record);
}
