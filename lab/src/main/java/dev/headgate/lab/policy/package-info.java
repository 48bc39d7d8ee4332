/**
 * Routing policies that exist to be compared with: other gateways' rules, each as its source describes it, on what
 * {@link dev.headgate.core.pick.Candidates} offers.
 *
 * <p>Start with {@link dev.headgate.lab.policy.RivalPolicies}. To add one: a class here, a line there, a test. May import
 * the core only.
 */
@NullMarked
package dev.headgate.lab.policy;

import org.jspecify.annotations.NullMarked;
