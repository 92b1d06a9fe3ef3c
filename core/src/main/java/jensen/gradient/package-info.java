/** Estimators of a bound's gradient. */
@NullMarked
package jensen.gradient;

import org.jspecify.annotations.NullMarked;
