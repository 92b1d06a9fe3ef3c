/** Architectures as records, and the parameters that go with them. */
@NullMarked
package jensen.net;

import org.jspecify.annotations.NullMarked;
