/** Training: runs, steps, stop rules, checkpoints. */
@NullMarked
package jensen.train;

import org.jspecify.annotations.NullMarked;
