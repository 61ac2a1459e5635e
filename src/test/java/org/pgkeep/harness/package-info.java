/**
 * What integration tests stand on: real servers of every version ({@link org.pgkeep.harness.Servers},
 * {@link org.pgkeep.harness.TestCluster}), the built program run as a user would ({@link org.pgkeep.harness.Pgkeep}), and who says whether a restored cluster is right
 * ({@link org.pgkeep.harness.Oracle}, {@link org.pgkeep.harness.PageComparison}).
 */
@NullMarked
package org.pgkeep.harness;

import org.jspecify.annotations.NullMarked;
