/** Optimisers and schedules. */
@NullMarked
package jensen.optim;

import org.jspecify.annotations.NullMarked;
