/** Next tokens: a decoder learns to continue texts; the loss is a mean over the labelled tokens. */
package org.loradash.task.language;
