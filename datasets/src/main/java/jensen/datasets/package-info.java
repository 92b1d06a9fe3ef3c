/** Small real data sets as resources, and verified downloads. */
@NullMarked
package jensen.datasets;

import org.jspecify.annotations.NullMarked;
