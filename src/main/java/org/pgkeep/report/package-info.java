/**
 * What is in a repository, told so that a person can decide: {@link org.pgkeep.report.Info} reads records and names, never data, and
 * gives values that the caller prints as text or JSON. Reads one small object a backup, and the list of WAL once. Uses
 * {@code repository}, {@code postgres}.
 */
@NullMarked
package org.pgkeep.report;

import org.jspecify.annotations.NullMarked;
