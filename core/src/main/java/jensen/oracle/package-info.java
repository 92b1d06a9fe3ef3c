/** What must be true of the library on any machine, as checks that take less than a minute. */
@NullMarked
package jensen.oracle;

import org.jspecify.annotations.NullMarked;
