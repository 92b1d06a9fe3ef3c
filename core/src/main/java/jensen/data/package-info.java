/** Data sets, batches, encodings and readers. */
@NullMarked
package jensen.data;

import org.jspecify.annotations.NullMarked;
