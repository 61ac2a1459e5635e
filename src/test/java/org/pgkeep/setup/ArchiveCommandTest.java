package org.pgkeep.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class ArchiveCommandTest {
    @Test
    void theLineSurvivesPostgresqlConf() {
        ServerSetting setting = new ServerSetting("archive_command", "'it'\\''s' %p", Optional.empty(), false, false);
        assertThat(setting.line()).isEqualTo("archive_command = '''it''\\\\''''s'' %p'");
    }

    @Test
    void aPushIsRecognizedWithItsCluster() {
        assertThat(ArchiveCommand.isPush("pgkeep archive-push --cluster main %p"))
                .isTrue();
        assertThat(ArchiveCommand.isPush("cp %p /archive/%f")).isFalse();
        assertThat(ArchiveCommand.clusterOf("pgkeep --stanza=main archive-push \"%p\""))
                .contains("main");
        assertThat(ArchiveCommand.clusterOf("pgkeep archive-push --cluster 'main' %p"))
                .contains("main");
        assertThat(ArchiveCommand.clusterOf("pgkeep archive-push %p")).isEmpty();
    }
}
