/** Task-specific directions of weight matrices (arXiv 2409.01035), without Spark and without training. */
package org.loradash.tsd;
