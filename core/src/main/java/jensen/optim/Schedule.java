package jensen.optim;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** A number that depends on how far training has come, such as a learning rate. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Schedule.Constant.class, name = "constant"),
    @JsonSubTypes.Type(value = Schedule.Exponential.class, name = "exponential"),
    @JsonSubTypes.Type(value = Schedule.Cosine.class, name = "cosine"),
    @JsonSubTypes.Type(value = Schedule.Tripling.class, name = "tripling")
})
public sealed interface Schedule {
    /**
     * The value at a point of training.
     *
     * @param epoch epochs done, with a fraction for the steps of the current one
     */
    double at(double epoch);

    /** Always the same. */
    record Constant(double value) implements Schedule {
        @Override
        public double at(double epoch) {
            return value;
        }
    }

    /**
     * Falls by a factor over each so many epochs, continuously.
     *
     * @param start the value at epoch 0
     * @param factor what the value is multiplied by, over {@code epochs}
     * @param epochs how long a factor takes
     */
    record Exponential(double start, double factor, double epochs) implements Schedule {
        /** @throws IllegalArgumentException if the factor or the epochs are not positive */
        public Exponential {
            requirePositive("factor", factor);
            requirePositive("epochs", epochs);
        }

        @Override
        public double at(double epoch) {
            return start * Math.pow(factor, epoch / epochs);
        }
    }

    /**
     * Falls from one value to another along half a cosine, and stays there.
     *
     * @param start the value at epoch 0
     * @param end the value from {@code epochs} on
     * @param epochs how long the fall takes
     */
    record Cosine(double start, double end, double epochs) implements Schedule {
        /** @throws IllegalArgumentException if the epochs are not positive */
        public Cosine {
            requirePositive("epochs", epochs);
        }

        @Override
        public double at(double epoch) {
            double done = Math.min(1, epoch / epochs);
            return end + (start - end) * 0.5 * (1 + Math.cos(Math.PI * done));
        }
    }

    /**
     * Falls in steps, each three times as long as the one before: {@code start · 10^(−i/7)} for 3^i epochs, i = 0, 1, 2, …; i = 7
     * ends after 3,280 epochs, the first four after 40.
     *
     * @param start the value in the first epoch
     * @see <a href="https://arxiv.org/abs/1509.00519">Burda, Grosse and Salakhutdinov 2015, arXiv 1509.00519, §5</a>
     */
    record Tripling(double start) implements Schedule {
        @Override
        public double at(double epoch) {
            double step = 0;
            for (double end = 1, length = 1; end <= epoch; end += length) {
                length *= 3;
                step++;
            }
            return start * Math.pow(10, -step / 7);
        }
    }

    private static void requirePositive(String name, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(name + " must be > 0 and finite, was " + value);
        }
    }
}
