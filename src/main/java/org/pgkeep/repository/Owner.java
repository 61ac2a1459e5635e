package org.pgkeep.repository;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.UUID;

/**
 * Who works in a repository: for people, and the random part to tell two processes apart for certain.
 *
 * @param host name of the machine
 * @param process its number there
 * @param id random
 */
public record Owner(String host, long process, String id) {
    /** This process. */
    public static Owner ofThisProcess() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            // A host that does not know its own name can still make backups; the random id tells owners apart.
            host = "localhost";
        }
        return new Owner(host, ProcessHandle.current().pid(), UUID.randomUUID().toString());
    }

    @Override
    public String toString() {
        return "process " + process + " on " + host;
    }
}
