/**
 * One self-contained HTML page with charts: nothing is loaded from elsewhere, light or dark as the reader's system
 * is, readable on a phone. {@link org.loradash.tsd.report.HtmlReport} puts {@link org.loradash.tsd.report.Block}s
 * together; {@link org.loradash.tsd.report.RunReport} is the page of one training run,
 * {@link org.loradash.tsd.report.TsdReport} that of an analysis of directions; both are made from plain records.
 *
 * <p>All text is escaped here. May call: nothing but {@code tsd} itself. Must not know: files, how the numbers came about.
 */
package org.loradash.tsd.report;
