package jensen.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import jensen.experiment.Fit;
import jensen.train.Epoch;
import jensen.train.Means;
import jensen.train.Profile;
import jensen.train.Step;
import org.jspecify.annotations.Nullable;

/** How fast training goes: examples and time of its steps, without validation and evaluation. */
final class Pace implements Fit.Observer {
    private long last;
    private long nanos;
    private long examples;
    private long steps;
    private @Nullable Profile profile;

    @Override
    public void step(Step step, Means epochSoFar, int stepsPerEpoch) {
        long now = System.nanoTime();
        if (last != 0) {
            nanos += now - last;
            examples += step.examples();
            steps++;
        }
        last = now;
    }

    @Override
    public void epoch(Epoch epoch) {
        last = System.nanoTime();
    }

    @Override
    public void trained(Profile profile) {
        this.profile = profile;
    }

    /** Where the time of training went, once it is done. */
    Optional<Profile> profile() {
        return Optional.ofNullable(profile);
    }

    /** Examples that training takes in a second; 0 before the second step. */
    double examplesPerSecond() {
        return nanos == 0 ? 0 : examples * 1e9 / nanos;
    }

    /** How long some more steps will take. */
    Duration left(long moreSteps) {
        return Duration.ofNanos(steps == 0 ? 0 : nanos / steps * moreSteps);
    }

    /** A time as minutes and seconds, or with hours. */
    static String clock(Duration time) {
        long s = Math.max(0, Math.round(time.toMillis() / 1e3));
        return s < 3600
                ? String.format(Locale.ROOT, "%d:%02d", s / 60, s % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
    }
}
