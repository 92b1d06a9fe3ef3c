/** libtorch behind the operations that the maths needs; the only package that touches native classes. */
@NullMarked
package jensen.tensor;

import org.jspecify.annotations.NullMarked;
