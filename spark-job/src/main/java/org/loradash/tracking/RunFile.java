package org.loradash.tracking;

import org.apache.hadoop.fs.Path;

/**
 * A file of a run that is to be kept with it.
 *
 * @param name below the run's directory
 * @param length in bytes
 */
record RunFile(String name, Path path, long length) {}
