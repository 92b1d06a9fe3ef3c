package jensen.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jensen.bound.Bound;
import jensen.bound.Ciwae;
import jensen.bound.ImportanceWeighted;
import jensen.bound.Miwae;
import jensen.bound.Piwae;
import jensen.bound.Renyi;
import jensen.bound.Tvo;
import jensen.data.DataException;
import jensen.data.Encoding;
import jensen.gradient.Capacity;
import jensen.gradient.FreeBits;
import jensen.gradient.GradientEstimator;
import jensen.gradient.KlWeight;
import jensen.gradient.MeanDiscrepancy;
import jensen.gradient.Objective;
import jensen.gradient.Pathwise;
import jensen.gradient.TotalCorrelation;
import jensen.model.Amortised;
import jensen.model.Chained;
import jensen.model.Conditional;
import jensen.model.CorrelatedFamily;
import jensen.model.Family;
import jensen.model.FlowFamily;
import jensen.model.Guide;
import jensen.model.Head;
import jensen.model.Model;
import jensen.model.PerDatum;
import jensen.model.Prior;
import jensen.model.Reading;
import jensen.model.Refinement;
import jensen.model.SemiAmortised;
import jensen.net.Activation;
import jensen.net.Convolutional;
import jensen.net.Deconvolutional;
import jensen.net.Mlp;
import jensen.net.Network;
import jensen.optim.Adagrad;
import jensen.optim.Adam;
import jensen.optim.Optimiser;
import jensen.optim.Schedule;
import jensen.optim.Sgd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every value of which an experiment is made goes to JSON and comes back equal. */
class JsonTest {
    private static final Mlp MLP = new Mlp(7, List.of(5, 4), 6, Activation.GELU);
    private static final Head HEAD = new Head(MLP, new Family.Normal(), 3);

    /** A sealed family, and an example of each of its records with no component at its default. */
    private record Kind(Class<?> type, List<Object> examples) {
        @Override
        public String toString() {
            return type.getSimpleName();
        }
    }

    static Stream<Kind> kinds() {
        return Stream.of(
                new Kind(
                        Network.class,
                        List.of(
                                MLP,
                                new Mlp(1, List.of(), 2, Activation.ELU),
                                new Convolutional(3, 9, 8, List.of(2, 4), List.of(6), 5, Activation.RELU),
                                new Deconvolutional(2, List.of(6), List.of(4, 2), 2, 3, 9, 8, Activation.SOFTPLUS))),
                new Kind(
                        Family.class,
                        List.of(
                                new Family.Bernoulli(),
                                new Family.ContinuousBernoulli(),
                                new Family.DiscretizedLogistic(),
                                new Family.Normal(),
                                new Family.NormalShared(),
                                new Family.Categorical(7),
                                new CorrelatedFamily.OneHot(4),
                                new CorrelatedFamily.FullNormal(),
                                new CorrelatedFamily.LowRankNormal(3),
                                new CorrelatedFamily.NormalMixture(5),
                                new FlowFamily.Planar(2),
                                new FlowFamily.Autoregressive(3, 5),
                                new FlowFamily.Sylvester(4, 6))),
                new Kind(
                        Prior.class,
                        List.of(
                                new Prior.StandardNormal(13),
                                new Prior.Mixture(3, 4),
                                new Prior.Flow(2, 3, 4),
                                new Prior.Vamp(HEAD, 5, true),
                                new Prior.Chained(new Prior.Mixture(HEAD.condition(), 2), HEAD),
                                new Prior.Discrete(new CorrelatedFamily.OneHot(4), 8, true))),
                new Kind(
                        Conditional.class,
                        List.of(
                                HEAD,
                                new Reading(HEAD, HEAD.condition() + 3),
                                new Chained(
                                        HEAD,
                                        new Head(
                                                new Mlp(HEAD.event(), List.of(), 4, Activation.TANH),
                                                new Family.Normal(),
                                                2)))),
                new Kind(
                        Guide.class,
                        List.of(
                                new Amortised(HEAD),
                                new SemiAmortised(HEAD, new Refinement(20, 4, 0.03)),
                                new PerDatum(new Family.Normal(), 2, 10, new Refinement(500, 8, 0.1)))),
                new Kind(
                        Bound.class,
                        Stream.concat(
                                        Bound.all().stream(),
                                        Stream.of(
                                                new Renyi(0.3),
                                                new Miwae(7),
                                                new Piwae(5),
                                                new Ciwae(0.2),
                                                new Tvo(3, 0.02)))
                                .map(Object.class::cast)
                                .toList()),
                new Kind(GradientEstimator.class, List.copyOf(GradientEstimator.all())),
                new Kind(Optimiser.class, List.of(new Adam(0.8, 0.99, 1e-5), new Adagrad(0.3), new Sgd(0.7))),
                new Kind(
                        Schedule.class,
                        List.of(
                                new Schedule.Constant(0.1),
                                new Schedule.Exponential(0.1, 0.3, 7),
                                new Schedule.Cosine(0.3, 0.01, 1.0 / 3),
                                new Schedule.Tripling(0.2))),
                new Kind(
                        KlWeight.class,
                        List.of(
                                new KlWeight.Constant(0.3),
                                new KlWeight.WarmUp(2.5),
                                new FreeBits(0.25),
                                new Capacity(1, 1.0 / 3, 7, 100),
                                new TotalCorrelation(6, TotalCorrelation.Estimator.WEIGHTED),
                                new MeanDiscrepancy(0.1))),
                new Kind(
                        Encoding.class,
                        List.of(
                                new Encoding.AsStored(),
                                new Encoding.Unit(),
                                new Encoding.Binarised(),
                                new Encoding.Thresholded(0.4),
                                new Encoding.Standardised(List.of(0.1, -3.0), List.of(1.0 / 3, 2.0)))));
    }

    /** The records of a sealed family, also of families in it that are not tested on their own. */
    private static Stream<Class<?>> records(Class<?> type) {
        Set<Class<?>> tested = kinds().map(Kind::type).collect(Collectors.toSet());
        return Arrays.stream(type.getPermittedSubclasses())
                .filter(each -> !tested.contains(each))
                .flatMap(each -> each.isSealed() ? records(each) : Stream.of(each));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyRecordOfAFamilyComesBackEqual(Kind kind) {
        if (kind.type().isSealed()) {
            assertThat(kind.examples().stream().map(Object::getClass).collect(Collectors.toSet()))
                    .as("examples")
                    .isEqualTo(records(kind.type()).collect(Collectors.toSet()));
        }
        for (Object example : kind.examples()) {
            for (String json : List.of(Json.line(example), Json.text(example))) {
                Object back = Json.parse(json, kind.type(), "here");
                assertThat(back).as(json).isEqualTo(example);
                assertThat(json).contains("\"type\"");
            }
        }
        assertThat(kind.examples().stream()
                        .map(e -> Json.parse(Json.line(e), Map.class, "here").get("type"))
                        .distinct())
                .hasSameSizeAs(kind.examples().stream().map(Object::getClass).collect(Collectors.toSet()));
    }

    /** Nothing that an experiment is made of is missing above. */
    @Test
    void everySealedFamilyInARunIsTested() {
        Set<Class<?>> tested = kinds().map(Kind::type).collect(Collectors.toSet());
        assertThat(sealedIn(Experiment.class)).isNotEmpty().allMatch(tested::contains);
        assertThat(sealedIn(Experiment.class)).contains(Network.class, Schedule.class, Bound.class);
    }

    private static Set<Class<?>> sealedIn(Class<?> type) {
        Set<Class<?>> found = new java.util.HashSet<>();
        collect(type, new java.util.HashSet<>(), found);
        return found;
    }

    private static void collect(Class<?> type, Set<Class<?>> seen, Set<Class<?>> found) {
        if (!type.getName().startsWith("jensen.") || !seen.add(type)) {
            return;
        }
        if (type.isSealed() && !type.isEnum()) {
            found.add(rootOf(type));
            Arrays.stream(type.getPermittedSubclasses()).forEach(t -> collect(t, seen, found));
        }
        if (type == Conditional.class) {
            collect(Head.class, seen, found);
        }
        if (type.isRecord()) {
            Arrays.stream(type.getRecordComponents()).forEach(c -> collect(c.getType(), seen, found));
        }
    }

    /** A sealed family that is a part of another is tested with it. */
    private static Class<?> rootOf(Class<?> type) {
        return Stream.of(Family.class, KlWeight.class)
                .filter(root -> root.isAssignableFrom(type))
                .findFirst()
                .<Class<?>>map(root -> root)
                .orElse(type);
    }

    @Test
    void wholesComeBackEqual() {
        Model model = new Model(new Prior.StandardNormal(7), HEAD);
        assertThat(Json.parse(Json.line(model), Model.class, "here")).isEqualTo(model);
        Objective objective = new Objective(new ImportanceWeighted(), new Pathwise(), 5);
        assertThat(Json.parse(Json.text(objective), Objective.class, "here")).isEqualTo(objective);
    }

    @Test
    void whatIsNoDescriptionIsRefusedWithItsPlace() {
        refused("{\"type\": \"perceptron\"}", Network.class, "Network", "perceptron");
        refused("{\"inputs\": 3}", Network.class, "Network", "type");
        refused("{\"type\": \"mlp\", \"inputs\": 3,\n \"hidden\": [\"x\"]}", Network.class, "line 2");
        refused("{\"type\": \"adam\", \"beta1\": 0.9, \"beta2\": null, \"epsilon\": 1}", Optimiser.class, "beta2");
        refused("{\"type\": \"adam\", \"beta1\": 2, \"beta2\": 0.9, \"epsilon\": 1}", Optimiser.class, "2.0");
        refused("{\"type\": \"pathwise\"} {}", GradientEstimator.class, "railing");
        refused("{\"type\": \"sgd\"}", Optimiser.class, "momentum");
        refused("{\"type\": \"mlp\", \"inputs\": 3, \"hidden\": [], \"outputs\": 1}", Network.class, "activation");
        refused("{\"type\": \"elbo\", \"kl\": null}", Bound.class, "kl");
        refused("{\"type\": \"elbo\", \"kl\": \"exact\"}", Bound.class, "exact", "ANALYTIC");
        refused("", Bound.class, "Bound");
    }

    private static void refused(String json, Class<?> type, CharSequence... words) {
        assertThatThrownBy(() -> Json.parse(json, type, "experiment.json"))
                .as(json)
                .isInstanceOf(DataException.class)
                .hasMessageContaining("experiment.json")
                .hasMessageContainingAll(words);
    }
}
