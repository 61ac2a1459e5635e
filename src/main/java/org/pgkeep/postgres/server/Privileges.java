package org.pgkeep.postgres.server;

import java.util.ArrayList;
import java.util.List;
import org.pgkeep.postgres.MajorVersion;
import org.pgkeep.postgres.PostgresVersion;

/**
 * What a role that is no superuser needs to take backups; {@code docs/guide/privileges.md} is this list for people.
 * {@code init --apply} needs more: {@code ALTER SYSTEM}.
 */
public final class Privileges {
    private Privileges() {}

    /**
     * The statements to run as a superuser, in the database that pgkeep connects to. 9.6 has no role that may see
     * {@code data_directory}: there the data directory must be named to pgkeep.
     */
    public static List<String> grants(MajorVersion major, String role) {
        Dialect dialect = new Dialect(PostgresVersion.of(major));
        List<String> grants = new ArrayList<>();
        for (Query query : List.of(
                dialect.startBackup(), dialect.stopBackup(), dialect.createRestorePoint(), dialect.switchWal())) {
            grants.add("GRANT " + query.privilege() + " TO " + role);
        }
        grants.add("GRANT EXECUTE ON FUNCTION pg_reload_conf() TO " + role);
        if (major.isAtLeast(MajorVersion.V10)) {
            grants.add("GRANT pg_read_all_settings TO " + role);
        }
        return grants;
    }
}
