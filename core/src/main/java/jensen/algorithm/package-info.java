/** Other ways to train a model than by the gradient of a bound that an encoder amortises: those that the paper compares. */
@NullMarked
package jensen.algorithm;

import org.jspecify.annotations.NullMarked;
