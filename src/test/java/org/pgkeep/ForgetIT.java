package org.pgkeep;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.harness.BackedUpCluster;
import org.pgkeep.harness.Servers;
import org.pgkeep.harness.TestCluster;

/** {@code pgkeep forget} beside a server that archives. */
final class ForgetIT {
    @Test
    void aClusterIsNotForgottenWhileItsServerRunsAndIsGoneAfterwards() {
        try (BackedUpCluster source =
                BackedUpCluster.setUp(TestCluster.create(Servers.newest())).warm()) {
            source.succeeds("backup");
            source.fails(
                    ErrorCode.SERVER_RUNNING.exitStatus(),
                    "a server runs in " + source.cluster().data(),
                    "forget",
                    "main");
            assertThat(source.succeeds("forget", "main", "--dry-run").out()).contains("against it", "a server runs in");
            assertThat(source.labels()).hasSize(1);

            assertThat(source.succeeds("forget", "main", "--force").out()).contains("cluster 'main' is forgotten");
            assertThat(source.repository()).isDirectoryNotContaining("glob:**/clusters");
        }
    }
}
