/** Programs to run and to copy from. */
@NullMarked
package jensen.examples;

import org.jspecify.annotations.NullMarked;
