/** The workloads that are measured beside peers. */
@NullMarked
package jensen.benchmarks;

import org.jspecify.annotations.NullMarked;
