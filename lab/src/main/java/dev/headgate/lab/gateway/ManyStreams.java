package dev.headgate.lab.gateway;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * Many streams at once, a token each 100 ms.
 *
 * @param open how many were open together
 * @param whole how many came to their end with every event
 * @param errors how many broke or lacked an event
 * @param longestGapMillis the longest time between two events of one stream
 * @param residentBytes memory of the entrant's processes meanwhile
 */
@JsonPropertyOrder({"open", "whole", "errors", "longestGapMillis", "residentBytes"})
public record ManyStreams(int open, long whole, long errors, double longestGapMillis, long residentBytes) {}
