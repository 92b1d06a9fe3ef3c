/** Bounds on log p(x) as functions of log-weights. */
@NullMarked
package jensen.bound;

import org.jspecify.annotations.NullMarked;
