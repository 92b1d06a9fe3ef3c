package jensen.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import jensen.data.DataException;
import jensen.data.Dataset;
import jensen.data.Split;
import jensen.data.Values;
import jensen.datasets.Catalogue;
import jensen.datasets.Progress;
import jensen.experiment.Experiment;
import jensen.model.Conditional;
import jensen.model.Family;
import jensen.model.Head;
import jensen.model.Reading;

/**
 * Data by the name that a user gives.
 *
 * @param name from anywhere: a path is absolute
 * @param from the folder with the files of a named set, if not its own
 * @param all the data
 * @param test the data to test on that come with them
 */
record Data(String name, Optional<String> from, Dataset all, Optional<Dataset> test) {
    /** Opens data to train on. */
    static Data open(String name, Optional<Path> from, Progress progress) {
        Dataset all = Catalogue.open(name, from, progress);
        return new Data(
                anywhere(name),
                from.map(path -> path.toAbsolutePath().normalize().toString()),
                all,
                Catalogue.test(name, from, progress));
    }

    /** The parts of the data that a run was made with. */
    static Split of(Experiment experiment, Progress progress) {
        Experiment.Source source = experiment.data();
        Data data = open(source.name(), source.from().map(Path::of), progress);
        return source.split(
                data.all().as(source.values()),
                data.test(),
                experiment.training().seed());
    }

    /** The data of a name, which must be of the kind that a run was trained on. */
    static Dataset like(Experiment experiment, String name, Progress progress) {
        Dataset data = Catalogue.open(name, Optional.empty(), progress);
        Experiment.Source trained = experiment.data();
        if (data.shape().size() != trained.shape().size()) {
            throw DataException.in(
                    name,
                    trained.shape().size() + " values a row as in " + trained.name(),
                    data.shape().size() + " values a row");
        }
        trained.requireColumns(anywhere(name));
        classes(experiment.training().model().likelihood())
                .filter(c -> trained.values() == Values.WHOLE)
                .ifPresent(c -> c.check(data));
        return data.as(trained.values());
    }

    private static Optional<Family.Categorical> classes(Conditional likelihood) {
        Conditional last = likelihood instanceof Reading reading ? reading.of() : likelihood;
        return last instanceof Head head && head.family() instanceof Family.Categorical categorical
                ? Optional.of(categorical)
                : Optional.empty();
    }

    private static String anywhere(String name) {
        boolean named =
                Catalogue.entries().stream().anyMatch(e -> name.equals(e.name()) || name.startsWith(e.name() + ":"));
        if (named) {
            return name;
        }
        Path path = Path.of(name);
        return Files.exists(path) ? path.toAbsolutePath().normalize().toString() : name;
    }
}
