/** Distributions, transforms and their divergences. */
@NullMarked
package jensen.dist;

import org.jspecify.annotations.NullMarked;
