/** The few hot operations, behind one seam with two providers. */
package org.loradash.kernel;
