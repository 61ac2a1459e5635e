/**
 * The few Linux system calls that Java lacks or surrounds with much: {@code syncfs}, {@code sync_file_range}, {@code posix_fadvise}, {@code
 * fallocate}, {@code pread}. The front door for them is {@link org.pgkeep.linux.LinuxFile}. They only make work faster or gentler: where one is missing or refused, it answers
 * {@code false} and the caller goes on without. For commands that have much to do: the first use costs about 60 ms.
 * {@link org.pgkeep.linux.LinuxDirectory} reads the names in a directory faster than Java does.
 * And what {@code /proc} tells of a process, by {@link org.pgkeep.linux.ProcessStat}, which costs nothing. Uses nothing.
 */
@NullMarked
package org.pgkeep.linux;

import org.jspecify.annotations.NullMarked;
