package org.pgkeep.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ArchiveCommandTest {
    @Test
    void ordinaryWordsStayAsTheyAre() {
        assertThat(ArchiveCommand.text(List.of("/opt/pgkeep-0.1.0/bin/pgkeep", "archive-push", "--cluster", "main")))
                .isEqualTo("/opt/pgkeep-0.1.0/bin/pgkeep archive-push --cluster main %p");
    }

    @Test
    void wordsThatAShellWouldSplitAreQuotedAndPercentSignsAreDoubled() {
        assertThat(ArchiveCommand.text(List.of("/my programs/it's/100%/pgkeep", "archive-push")))
                .isEqualTo("'/my programs/it'\\''s/100%%/pgkeep' archive-push %p");
    }

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
