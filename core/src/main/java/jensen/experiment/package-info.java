/** The record that describes a run, its directory, and reproducing it. */
@NullMarked
package jensen.experiment;

import org.jspecify.annotations.NullMarked;
