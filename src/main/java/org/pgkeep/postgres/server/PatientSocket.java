package org.pgkeep.postgres.server;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketTimeoutException;
import java.time.Duration;

/**
 * The socket of a WAL stream, of which one can wait a while for something to come. The driver cannot: a timeout in the middle of a
 * message would leave it there, and it takes any for the end of the copy. So this waits before the driver reads, and
 * gives it later what came. For one thread.
 */
final class PatientSocket extends Socket {
    private static final int BUFFER_BYTES = 1 << 13;

    /**
     * The timeout with which the driver looks whether a message is there ({@code PGStream.hasMessagePending}). To the kernel a
     * millisecond may be ten, and a commit waits for each: such a look does not wait here at all.
     */
    private static final int PEEK_MILLIS = 1;

    private final Socket socket;
    private final byte[] came = new byte[BUFFER_BYTES];
    private int next;
    private int end;
    private int timeoutMillis;

    /** Around a socket that is not connected yet. */
    PatientSocket(Socket socket) throws SocketException {
        super((SocketImpl) null);
        this.socket = socket;
    }

    /** Waits at most so long; whether there is something to read now, be it the end. */
    boolean await(Duration atMost) throws IOException {
        if (next < end) {
            return true;
        }
        int before = socket.getSoTimeout();
        socket.setSoTimeout(Math.toIntExact(Math.max(1, atMost.toMillis())));
        try {
            int count = socket.getInputStream().read(came);
            // Only now: after a timeout nothing that was given before may be given again.
            next = 0;
            end = Math.max(0, count);
            return true;
        } catch (SocketTimeoutException _) {
            return false;
        } finally {
            socket.setSoTimeout(before);
        }
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return new FilterInputStream(socket.getInputStream()) {
            @Override
            public int read() throws IOException {
                requireWhatIsPeekedAt();
                return next < end ? Byte.toUnsignedInt(came[next++]) : in.read();
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                if (next == end) {
                    requireWhatIsPeekedAt();
                    return in.read(bytes, offset, length);
                }
                int count = Math.min(length, end - next);
                System.arraycopy(came, next, bytes, offset, count);
                next += count;
                return count;
            }

            private void requireWhatIsPeekedAt() throws IOException {
                if (timeoutMillis == PEEK_MILLIS && available() == 0) {
                    throw new SocketTimeoutException("nothing is there");
                }
            }

            @Override
            public int available() throws IOException {
                return end - next + in.available();
            }
        };
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return socket.getOutputStream();
    }

    @Override
    public void connect(SocketAddress endpoint, int timeout) throws IOException {
        socket.connect(endpoint, timeout);
    }

    @Override
    public boolean isConnected() {
        return socket.isConnected();
    }

    @Override
    public boolean isClosed() {
        return socket.isClosed();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    @Override
    public void shutdownInput() throws IOException {
        socket.shutdownInput();
    }

    @Override
    public void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public boolean isInputShutdown() {
        return socket.isInputShutdown();
    }

    @Override
    public boolean isOutputShutdown() {
        return socket.isOutputShutdown();
    }

    @Override
    public void setSoTimeout(int millis) throws SocketException {
        timeoutMillis = millis;
        if (millis != PEEK_MILLIS) {
            socket.setSoTimeout(millis);
        }
    }

    @Override
    public int getSoTimeout() {
        return timeoutMillis;
    }

    @Override
    public void setTcpNoDelay(boolean on) throws SocketException {
        socket.setTcpNoDelay(on);
    }

    @Override
    public boolean getTcpNoDelay() throws SocketException {
        return socket.getTcpNoDelay();
    }

    @Override
    public void setKeepAlive(boolean on) throws SocketException {
        socket.setKeepAlive(on);
    }

    @Override
    public boolean getKeepAlive() throws SocketException {
        return socket.getKeepAlive();
    }

    @Override
    public void setReceiveBufferSize(int bytes) throws SocketException {
        socket.setReceiveBufferSize(bytes);
    }

    @Override
    public int getReceiveBufferSize() throws SocketException {
        return socket.getReceiveBufferSize();
    }

    @Override
    public void setSendBufferSize(int bytes) throws SocketException {
        socket.setSendBufferSize(bytes);
    }

    @Override
    public int getSendBufferSize() throws SocketException {
        return socket.getSendBufferSize();
    }

    @Override
    public InetAddress getInetAddress() {
        return socket.getInetAddress();
    }

    @Override
    public int getPort() {
        return socket.getPort();
    }

    @Override
    public int getLocalPort() {
        return socket.getLocalPort();
    }

    @Override
    public InetAddress getLocalAddress() {
        return socket.getLocalAddress();
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return socket.getRemoteSocketAddress();
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return socket.getLocalSocketAddress();
    }
}
