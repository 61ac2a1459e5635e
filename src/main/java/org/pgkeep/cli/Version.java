package org.pgkeep.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import org.pgkeep.error.ErrorCode;
import org.pgkeep.error.PgkeepException;

/**
 * What this build is; from {@code version.properties}, which the build fills in.
 *
 * @param version such as {@code 0.1.0}
 */
record Version(String version) {
    /** As the launcher says, which the build told as well: opening a jar takes longer than all else that 'version' does. */
    static Version current() {
        String installed = System.getProperty("pgkeep.version");
        return installed == null ? ofClassPath() : new Version(installed);
    }

    private static Version ofClassPath() {
        Properties properties = new Properties();
        try (InputStream stream = Version.class.getResourceAsStream("/org/pgkeep/version.properties")) {
            if (stream == null) {
                throw new PgkeepException(ErrorCode.BUG, "the program lacks its file version.properties");
            }
            properties.load(stream);
        } catch (IOException e) {
            throw PgkeepException.ofIo(ErrorCode.BUG, "read version.properties", e);
        }
        return new Version(properties.getProperty("version", "unknown"));
    }
}
