package dev.headgate.app;

/** Whether a worker loads one label while it runs another. An enum, as picocli reads a Boolean's text twice. */
enum Overlap {
    ON,
    OFF
}
