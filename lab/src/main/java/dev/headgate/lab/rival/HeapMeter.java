package dev.headgate.lab.rival;

import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * Reads how many bytes the threads of another JVM have allocated on its heap.
 *
 * <p>It is the JVM's own count, exact to the byte and kept anyway: nothing is sampled, nothing is installed, and no garbage
 * collection is needed, as counting by the heap's fill would. Reading it allocates some ten kilobytes there, which counts,
 * so a measurement takes thousands of requests.
 */
public final class HeapMeter implements AutoCloseable {
    private final JMXConnector connector;
    private final ThreadMXBean threads;

    private HeapMeter(JMXConnector connector) throws IOException {
        this.connector = connector;
        this.threads = ManagementFactory.newPlatformMXBeanProxy(
                connector.getMBeanServerConnection(), ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
    }

    /** Attaches to the JVM {@code pid} of the same user. */
    @SuppressWarnings("BanJNDI") // the URL is that of a process which this one may attach to anyway
    public static HeapMeter attach(long pid) throws IOException {
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
            try {
                JMXServiceURL url = new JMXServiceURL(machine.startLocalManagementAgent());
                return new HeapMeter(JMXConnectorFactory.connect(url));
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new IOException("cannot attach to the JVM " + pid, e);
        }
    }

    /** Returns the bytes that all platform threads have allocated since the JVM began. */
    public long allocatedBytes() {
        return threads.getTotalThreadAllocatedBytes();
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
