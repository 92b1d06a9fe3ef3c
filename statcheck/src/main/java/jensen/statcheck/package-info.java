/** Statistics for tests: goodness of fit, finite differences, golden files. Depends on nothing of the project. */
@NullMarked
package jensen.statcheck;

import org.jspecify.annotations.NullMarked;
