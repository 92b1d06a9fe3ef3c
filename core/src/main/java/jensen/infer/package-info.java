/** Variational inference for a model of one's own: a log-density on named parameters, each with its support. */
@NullMarked
package jensen.infer;

import org.jspecify.annotations.NullMarked;
