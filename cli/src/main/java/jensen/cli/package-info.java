/** The command line. */
@NullMarked
package jensen.cli;

import org.jspecify.annotations.NullMarked;
