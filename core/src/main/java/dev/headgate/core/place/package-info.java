/**
 * Which model lives on which worker, and which waiting task runs next.
 *
 * <p>Start with {@link dev.headgate.core.place.LatePlacement}: tasks wait and are bound when a worker can run them.
 * {@link dev.headgate.core.place.Fleet} is what is known of workers and models; a
 * {@link dev.headgate.core.place.PlacementPolicy} reads it and emits {@link dev.headgate.core.place.PlacementActions}.
 * {@link dev.headgate.core.place.SeedPlacement} and {@link dev.headgate.core.place.RandomPlacement} are baselines behind
 * the same interface. Nothing here is thread-safe: all of it is confined to the owner of the fleet. May import all
 * packages of the core but {@code route}.
 */
@NullMarked
package dev.headgate.core.place;

import org.jspecify.annotations.NullMarked;
