package dev.headgate.lab.trace;

import java.util.Arrays;

/** The words that belong to each request. Words repeat, so equal ones are one object. */
final class Labels {
    private final String[] tenants;
    private final String[] models;
    private final String[] sessions;
    private final int[] priorities;

    Labels(String[] tenants, String[] models, String[] sessions, int[] priorities) {
        this.tenants = tenants;
        this.models = models;
        this.sessions = sessions;
        this.priorities = priorities;
    }

    String tenant(int r) {
        return tenants[r];
    }

    String model(int r) {
        return models[r];
    }

    String session(int r) {
        return sessions[r];
    }

    int priority(int r) {
        return priorities[r];
    }

    Labels rearranged(int[] order) {
        return new Labels(
                Arrays.stream(order).mapToObj(r -> tenants[r]).toArray(String[]::new),
                Arrays.stream(order).mapToObj(r -> models[r]).toArray(String[]::new),
                Arrays.stream(order).mapToObj(r -> sessions[r]).toArray(String[]::new),
                Arrays.stream(order).map(r -> priorities[r]).toArray());
    }
}
