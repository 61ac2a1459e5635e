/**
 * WAL: from pages to what their records change. Knows every page and record format from 9.6 to 18, and the bodies of the few records
 * that change files by themselves. Front door: {@link org.pgkeep.postgres.wal.WalReader} for bytes of consecutive segments; {@link
 * org.pgkeep.postgres.wal.SegmentSummarizer} for one segment, {@link org.pgkeep.postgres.wal.SummaryChain} for what comes of many.
 *
 * <pre>
 * page → records → block references, limits, databases → WalSink
 *
 * segment ──SegmentSummarizer──► head · changed blocks · tail ──┐
 * segment ──SegmentSummarizer──► head · changed blocks · tail ──┴─SummaryChain──► WalSink
 * </pre>
 *
 * <p>A segment is summarized without looking at any other. A record that begins in one and ends in another belongs to neither: its
 * parts are kept at the edges of the summaries, and it is told when they are joined. What is not understood is an error with segment
 * and LSN, never a guess.
 *
 * <p>Sources: {@code access/xlog_internal.h}, {@code access/xlogrecord.h}, {@code access/transam/xlogreader.c}, {@code
 * postmaster/walsummarizer.c}. Uses {@code postgres}, {@code error}.
 */
@NullMarked
package org.pgkeep.postgres.wal;

import org.jspecify.annotations.NullMarked;
