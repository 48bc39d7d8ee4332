package dev.headgate.core.admit;

/**
 * How much may wait.
 *
 * @param pending requests in all, ≥ 0
 * @param pendingPerLabel requests for one label, ≥ 0
 * @param pendingBytes payload bytes in all, ≥ 0
 * @param tenantShare the part of {@code pending} that one tenant may hold while another waits, in (0, 1]
 */
public record AdmissionLimits(int pending, int pendingPerLabel, long pendingBytes, double tenantShare) {
    /** The limits of dispatch.md §1 and §5. */
    public static final AdmissionLimits DEFAULTS = new AdmissionLimits(20_000, 1_000, 512L << 20, 0.5);

    public AdmissionLimits {
        if (pending < 0 || pendingPerLabel < 0 || pendingBytes < 0) {
            throw new IllegalArgumentException(
                    "pending limits: " + pending + ", " + pendingPerLabel + ", " + pendingBytes + " (expected: >= 0)");
        }
        if (!(tenantShare > 0 && tenantShare <= 1)) {
            throw new IllegalArgumentException("tenantShare: " + tenantShare + " (expected: in (0, 1])");
        }
    }
}
