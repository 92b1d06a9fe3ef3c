/** Conditionals, families, priors, models, guides and log-weights. */
@NullMarked
package jensen.model;

import org.jspecify.annotations.NullMarked;
