package org.pgkeep.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ServerCommandTest {
    @Test
    void ordinaryWordsStayAsTheyAre() {
        assertThat(ServerCommand.text(
                        List.of("/opt/pgkeep-0.1.0/bin/pgkeep", "archive-push", "--cluster", "main"), "%p"))
                .isEqualTo("/opt/pgkeep-0.1.0/bin/pgkeep archive-push --cluster main %p");
    }

    @Test
    void wordsThatAShellWouldSplitAreQuotedAndPercentSignsAreDoubled() {
        assertThat(ServerCommand.text(List.of("/my programs/it's/100%/pgkeep", "archive-push"), "%p"))
                .isEqualTo("'/my programs/it'\\''s/100%%/pgkeep' archive-push %p");
    }
}
