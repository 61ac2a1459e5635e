/**
 * Gives back the room that frames take in packs which nobody names any more. Front door: {@link org.pgkeep.compact.Compact}; what is
 * written is {@code docs/formats/compaction.md}.
 *
 * <pre>
 * lease → read all manifests: which frames are named → read all indexes: which packs are sparse → write each anew, one after another
 * </pre>
 *
 * Uses {@code repository}, {@code progress}, {@code units}, {@code error}.
 */
@NullMarked
package org.pgkeep.compact;

import org.jspecify.annotations.NullMarked;
