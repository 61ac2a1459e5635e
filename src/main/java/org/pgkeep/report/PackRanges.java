package org.pgkeep.report;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import org.pgkeep.repository.BackupRecord;
import org.pgkeep.repository.Label;
import org.pgkeep.repository.PackNumbers;

/**
 * The packs that one backup keeps, as ranges of three numbers each: an object for each reference would not fit into a short command's memory.
 * What a backup keeps is mostly what the one before it kept, and a little more; then both are in one array.
 */
final class PackRanges {
    private final int[] numbers;
    private final int length;

    private PackRanges(int[] numbers, int length) {
        this.numbers = numbers;
        this.length = length;
    }

    int count() {
        return length / 3;
    }

    /** The number of the backup whose packs they are. */
    int owner(int range) {
        return numbers[3 * range];
    }

    /** The index of its first pack, from 0. */
    int from(int range) {
        return numbers[3 * range + 1] - 1;
    }

    /** The index behind its last pack. */
    int to(int range) {
        return numbers[3 * range + 2];
    }

    /** Makes them of one record after another: first what it refers to, then its own. Not thread-safe. */
    static final class Maker implements PackNumbers.RangeAction {
        private final ToIntFunction<Label> numberOf;
        private List<BackupRecord.Reference> last = List.of();
        private int[] endOfEach = {};

        /** Those of the last record; what others have of this array does not change. */
        private int[] numbers = new int[3];

        private int used;
        private int at;
        private int owner;

        Maker(ToIntFunction<Label> numberOf) {
            this.numberOf = numberOf;
        }

        PackRanges of(BackupRecord backup) {
            List<BackupRecord.Reference> references = backup.references();
            int same = common(last, references);
            int[] ends = Arrays.copyOf(endOfEach, references.size());
            at = same == 0 ? 0 : ends[same - 1];
            for (int i = same; i < ends.length; i++) {
                owner = numberOf.applyAsInt(references.get(i).label());
                references.get(i).packs().forEachRange(this);
                ends[i] = at;
            }
            last = references;
            endOfEach = ends;
            owner = numberOf.applyAsInt(backup.label());
            int packs = backup.sizes().packBytes().size();
            if (packs > 0) {
                accept(1, packs);
            }
            return new PackRanges(numbers, at);
        }

        /** By identity: who reads many records gives what they have in common as the same objects, and equal ones are merely read again. */
        @SuppressWarnings("ReferenceEquality")
        private static int common(List<BackupRecord.Reference> one, List<BackupRecord.Reference> other) {
            int most = Math.min(one.size(), other.size());
            for (int i = 0; i < most; i++) {
                if (one.get(i) != other.get(i)) {
                    return i;
                }
            }
            return most;
        }

        @Override
        public void accept(int first, int end) {
            put(owner);
            put(first);
            put(end);
        }

        private void put(int number) {
            if (at < used && numbers[at] != number) {
                // Not all that is there: one long chain would make every later array as long.
                numbers = Arrays.copyOf(numbers, at + 3);
                used = at;
            }
            if (at == numbers.length) {
                numbers = Arrays.copyOf(numbers, 2 * at);
            }
            numbers[at++] = number;
            used = Math.max(used, at);
        }
    }
}
