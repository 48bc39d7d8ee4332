/**
 * Fits the constants of the engine model to measured runs, simulator.md §11.
 *
 * <p>Start with {@link dev.headgate.lab.calibration.Calibration}: it searches the constants under which the model repeats the
 * first half of a {@link dev.headgate.lab.calibration.MeasuredRun}, and says how well they predict the second.
 */
@NullMarked
package dev.headgate.lab.calibration;

import org.jspecify.annotations.NullMarked;
