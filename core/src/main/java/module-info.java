/** Decisions about requests: where they go, when, and what follows if that fails. */
module dev.headgate.core {
    requires static transitive org.jspecify;

    exports dev.headgate.core.admit;
    exports dev.headgate.core.failover;
    exports dev.headgate.core.guard;
    exports dev.headgate.core.pick;
    exports dev.headgate.core.place;
    exports dev.headgate.core.pool;
    exports dev.headgate.core.request;
    exports dev.headgate.core.route;
    exports dev.headgate.core.signal;
    exports dev.headgate.core.stream;
    exports dev.headgate.core.time;
}
