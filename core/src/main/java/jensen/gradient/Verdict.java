package jensen.gradient;

/** What an estimator does for a bound. */
public sealed interface Verdict {
    /** The mean of its estimates is the gradient of the bound, in θ and in φ. */
    record Unbiased() implements Verdict {}

    /**
     * The mean of its estimates is the gradient of the bound in θ; φ climbs something else.
     *
     * @param objective what φ climbs
     */
    record AnotherForPhi(String objective) implements Verdict {}

    /**
     * It does not serve the bound.
     *
     * @param reason why, as the rest of a sentence that begins with the estimator and the bound
     */
    record Refused(String reason) implements Verdict {}
}
