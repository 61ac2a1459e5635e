package org.pgkeep.repository;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.UUID;

/**
 * Who works in a repository: for people, and the random part to tell two processes apart for certain.
 *
 * @param host name of the machine
 * @param process its number there
 * @param id random
 * @param life to tell whether it has ended; empty when that cannot be known
 */
public record Owner(String host, long process, String id, Optional<Life> life) {
    /** Names this host where its own name says nothing, as in a container: {@code PGKEEP_JAVA_OPTS=-Dpgkeep.host=NAME}. */
    private static final String HOST = "pgkeep.host";

    /** One of whose end nothing is known. */
    public Owner(String host, long process, String id) {
        this(host, process, id, Optional.empty());
    }

    /** This process. */
    public static Owner ofThisProcess() {
        return new Owner(
                thisHost(), ProcessHandle.current().pid(), UUID.randomUUID().toString(), Life.ofThisProcess());
    }

    /** Whether it is a process of this machine that has ended, for certain. */
    public boolean hasEnded() {
        return life.isPresent() && life.get().hasEnded(process);
    }

    private static String thisHost() {
        String named = System.getProperty(HOST, "");
        if (!named.isEmpty()) {
            return named;
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            // A host that does not know its own name can still make backups; the random id tells owners apart.
            return "localhost";
        }
    }

    @Override
    public String toString() {
        return "process " + process + " on " + host;
    }
}
