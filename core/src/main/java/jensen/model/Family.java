package jensen.model;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.OptionalLong;
import jensen.data.Dataset;
import jensen.data.Values;
import jensen.dist.DiagonalNormal;
import jensen.dist.Distribution;
import jensen.dist.Finite;
import jensen.net.Parameters;
import jensen.net.Slot;
import jensen.tensor.Shapes;
import jensen.tensor.Tensor;

/**
 * What the outputs of a network mean as parameters of a distribution. Where an element of the event needs several, the
 * outputs hold the first parameter of all elements, then the second, and so on.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Family.Bernoulli.class, name = "bernoulli"),
    @JsonSubTypes.Type(value = Family.ContinuousBernoulli.class, name = "continuous-bernoulli"),
    @JsonSubTypes.Type(value = Family.DiscretizedLogistic.class, name = "discretized-logistic"),
    @JsonSubTypes.Type(value = Family.Normal.class, name = "normal"),
    @JsonSubTypes.Type(value = Family.NormalShared.class, name = "normal-shared"),
    @JsonSubTypes.Type(value = Family.Categorical.class, name = "categorical"),
    @JsonSubTypes.Type(value = CorrelatedFamily.OneHot.class, name = "one-hot"),
    @JsonSubTypes.Type(value = CorrelatedFamily.FullNormal.class, name = "full-normal"),
    @JsonSubTypes.Type(value = CorrelatedFamily.LowRankNormal.class, name = "low-rank-normal"),
    @JsonSubTypes.Type(value = CorrelatedFamily.NormalMixture.class, name = "normal-mixture"),
    @JsonSubTypes.Type(value = FlowFamily.Planar.class, name = "planar-flow"),
    @JsonSubTypes.Type(value = FlowFamily.Autoregressive.class, name = "autoregressive-flow"),
    @JsonSubTypes.Type(value = FlowFamily.Sylvester.class, name = "sylvester-flow")
})
public sealed interface Family
        permits Family.Bernoulli,
                Family.ContinuousBernoulli,
                Family.DiscretizedLogistic,
                Family.Normal,
                Family.NormalShared,
                Family.Categorical,
                CorrelatedFamily {
    /** Every family of independent elements, with 256 classes where it needs a number. */
    static List<Family> all() {
        return List.of(
                new Bernoulli(),
                new ContinuousBernoulli(),
                new DiscretizedLogistic(),
                new Normal(),
                new NormalShared(),
                new Categorical(256));
    }

    /** The names of the families that have values of this kind in their support. */
    static List<String> fitting(Values values) {
        return all().stream().filter(f -> f.fits(values)).map(Family::name).toList();
    }

    /** The family's name, as in files and on the command line. */
    String name();

    /** The number of outputs for an event of a length. */
    int outputs(int event);

    /** The parameters of its own, beside the network's. */
    List<Slot> slots(int event);

    /** The distribution with the given outputs {@code […, outputs(event)]}. */
    Distribution of(Parameters w, Tensor outputs, int event);

    /** Whether values of this kind are in its support. */
    boolean fits(Values values);

    /** The number of values of an event, where its distributions are {@link Finite}. */
    default OptionalLong states(int event) {
        return OptionalLong.empty();
    }

    /** Whether events have values that can be counted, so that no derivative goes through draws. */
    default boolean discrete() {
        return states(1).isPresent();
    }

    /** Outputs {@code [outputs(event)]} to start from: at or near those whose mean is the given one. */
    double[] bias(double[] mean);

    /** Binary values; the output is the logit. */
    record Bernoulli() implements Family {
        @Override
        public String name() {
            return "bernoulli";
        }

        @Override
        public int outputs(int event) {
            return event;
        }

        @Override
        public List<Slot> slots(int event) {
            return List.of();
        }

        @Override
        public Distribution of(Parameters w, Tensor outputs, int event) {
            return new jensen.dist.Bernoulli(outputs);
        }

        @Override
        public boolean fits(Values values) {
            return values == Values.BINARY;
        }

        @Override
        public OptionalLong states(int event) {
            return OptionalLong.of(Finite.power(2, event));
        }

        /** The logit of the mean, which is kept off 0 and 1: a pixel that is always black starts at 0.001. */
        @Override
        public double[] bias(double[] mean) {
            return logits(mean);
        }
    }

    /** Values on [0, 1]; the output is the logit of λ. */
    record ContinuousBernoulli() implements Family {
        @Override
        public String name() {
            return "continuous-bernoulli";
        }

        @Override
        public int outputs(int event) {
            return event;
        }

        @Override
        public List<Slot> slots(int event) {
            return List.of();
        }

        @Override
        public Distribution of(Parameters w, Tensor outputs, int event) {
            return new jensen.dist.ContinuousBernoulli(outputs);
        }

        @Override
        public boolean fits(Values values) {
            return values == Values.UNIT || values == Values.BINARY;
        }

        /** The mean's logit, as if it were a Bernoulli's: the right sign, and near enough to start from. */
        @Override
        public double[] bias(double[] mean) {
            return logits(mean);
        }
    }

    /** 8-bit pixels; the output is the location as (m − 127.5)/127.5, and each pixel has a scale, the same for all data. */
    record DiscretizedLogistic() implements Family {
        @Override
        public String name() {
            return "discretized-logistic";
        }

        private static final double HALF = jensen.dist.DiscretizedLogistic.MAX / 2.0;

        @Override
        public int outputs(int event) {
            return event;
        }

        @Override
        public List<Slot> slots(int event) {
            return List.of(Slot.constant("logScale", Math.log(HALF / 4), event));
        }

        @Override
        public Distribution of(Parameters w, Tensor outputs, int event) {
            return new jensen.dist.DiscretizedLogistic(outputs.mul(HALF).add(HALF), w.get("logScale"));
        }

        @Override
        public boolean fits(Values values) {
            return values == Values.GREY;
        }

        @Override
        public double[] bias(double[] mean) {
            return java.util.Arrays.stream(mean).map(m -> (m - HALF) / HALF).toArray();
        }
    }

    /** Real values; the outputs are the mean and the logarithm of the variance of each element. */
    record Normal() implements Family {
        @Override
        public String name() {
            return "normal";
        }

        @Override
        public int outputs(int event) {
            return Math.multiplyExact(2, event);
        }

        @Override
        public List<Slot> slots(int event) {
            return List.of();
        }

        @Override
        public Distribution of(Parameters w, Tensor outputs, int event) {
            return new DiagonalNormal(outputs.narrow(-1, 0, event), outputs.narrow(-1, event, event));
        }

        @Override
        public boolean fits(Values values) {
            return true;
        }

        @Override
        public double[] bias(double[] mean) {
            return java.util.Arrays.copyOf(mean, 2 * mean.length);
        }
    }

    /** Real values; the output is the mean, and all elements share one variance, which is learned. */
    record NormalShared() implements Family {
        @Override
        public String name() {
            return "normal-shared";
        }

        @Override
        public int outputs(int event) {
            return event;
        }

        @Override
        public List<Slot> slots(int event) {
            return List.of(Slot.constant("logVariance", 0, 1));
        }

        @Override
        public Distribution of(Parameters w, Tensor outputs, int event) {
            return new DiagonalNormal(outputs, w.get("logVariance"));
        }

        @Override
        public boolean fits(Values values) {
            return true;
        }

        @Override
        public double[] bias(double[] mean) {
            return mean.clone();
        }
    }

    /**
     * Values 0 … classes − 1; the outputs are the unnormalised log-probabilities.
     *
     * @param classes the number of values
     */
    record Categorical(int classes) implements Family {
        /** @throws IllegalArgumentException for fewer than two classes */
        public Categorical {
            if (classes < 2) {
                throw new IllegalArgumentException("classes must be ≥ 2, was " + classes);
            }
        }

        @Override
        public String name() {
            return "categorical:" + classes;
        }

        @Override
        public int outputs(int event) {
            return Math.multiplyExact(classes, event);
        }

        @Override
        public List<Slot> slots(int event) {
            return List.of();
        }

        @Override
        public Distribution of(Parameters w, Tensor outputs, int event) {
            long[] batch = Shapes.batch(outputs.shape());
            Tensor split = outputs.reshape(Shapes.append(batch, classes, event));
            return new jensen.dist.Categorical(split.transpose(-1, -2));
        }

        @Override
        public boolean fits(Values values) {
            return values == Values.BINARY || values == Values.WHOLE || (values == Values.GREY && classes == 256);
        }

        /**
         * Checks data of {@link Values#WHOLE}, a kind that does not say how large its values are.
         *
         * @throws jensen.data.DataException if a value is none of the classes, naming the first
         */
        public void check(Dataset data) {
            data.check(
                    value -> Values.WHOLE.contain((float) value) && value < classes,
                    "a whole number from 0 to " + (classes - 1) + " for the likelihood " + name());
        }

        /** The mean does not determine the probabilities: they start equal. */
        @Override
        public double[] bias(double[] mean) {
            return new double[classes * mean.length];
        }
    }

    private static double[] logits(double[] mean) {
        return java.util.Arrays.stream(mean)
                .map(m -> Math.max(0.001, Math.min(0.999, m)))
                .map(m -> Math.log(m / (1 - m)))
                .toArray();
    }
}
