/** Pictures, event files and pages. */
@NullMarked
package jensen.report;

import org.jspecify.annotations.NullMarked;
