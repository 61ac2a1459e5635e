package org.pgkeep.postgres.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.SocketFactory;
import org.newsclub.net.unix.AFUNIXSocketFactory;

/**
 * Makes the {@link PatientSocket} of a connection. The driver makes this by its name, hence public; the socket goes to whoever
 * opens the connection through {@link #MADE}.
 */
public final class PatientSocketFactory extends SocketFactory {
    /** Where the socket of the connection that this thread opens is put. */
    static final ScopedValue<AtomicReference<PatientSocket>> MADE = ScopedValue.newInstance();

    private final String socketFile;

    /** For the driver, with the file of a Unix socket; with nothing for TCP. */
    public PatientSocketFactory(String socketFile) {
        this.socketFile = socketFile;
    }

    @Override
    public Socket createSocket() throws IOException {
        Socket plain =
                socketFile.isEmpty() ? new Socket() : new AFUNIXSocketFactory.FactoryArg(socketFile).createSocket();
        PatientSocket socket = new PatientSocket(plain);
        MADE.get().set(socket);
        return socket;
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw neverAsked();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw neverAsked();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw neverAsked();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw neverAsked();
    }

    private static UnsupportedOperationException neverAsked() {
        return new UnsupportedOperationException("the driver connects its sockets itself");
    }
}
