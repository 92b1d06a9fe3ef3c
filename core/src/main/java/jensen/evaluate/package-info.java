/** Evidence, bounds on test data, active units. */
@NullMarked
package jensen.evaluate;

import org.jspecify.annotations.NullMarked;
