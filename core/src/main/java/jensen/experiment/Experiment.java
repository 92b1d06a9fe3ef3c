package jensen.experiment;

import java.util.List;
import java.util.Optional;
import jensen.data.DataException;
import jensen.data.Dataset;
import jensen.data.Datasets;
import jensen.data.Shape;
import jensen.data.Split;
import jensen.data.Values;
import jensen.tensor.DType;
import jensen.tensor.Generator;
import jensen.train.Stop;
import jensen.train.Training;

/**
 * A run described completely: the same experiment on the same data gives the same numbers.
 *
 * @param format the version of this record's form in files
 * @param data what is trained on
 * @param training the model, the objective and everything else that decides the weights
 * @param stop when training ends
 * @param precision of the weights
 * @param evaluation what is reported at the end
 */
public record Experiment(int format, Source data, Training training, Stop stop, DType precision, Protocol evaluation) {
    /** The version that this code writes, and the newest that it reads. */
    public static final int FORMAT = 1;

    /** @throws IllegalArgumentException if the divergence would not have its full weight at the end of training */
    public Experiment {
        if (training.klWeight().settled() > stop.epochs()) {
            throw new IllegalArgumentException(
                    "the warm-up of the KL weight takes " + training.klWeight().settled()
                            + " epochs, training at most " + stop.epochs()
                            + ": it would end on its way, on an objective that is neither the one asked for nor a bound"
                            + " on log p(x)");
        }
    }

    /**
     * Where data come from and how they are split.
     *
     * @param name a data set's name, or a path
     * @param from the folder with the files of the named data set, where they are not its own
     * @param columns the names of a datum's values, where they are of a table that gives some
     * @param shape of a datum
     * @param values what the stored values can be
     * @param sha256 of the content, of the data set before the split
     * @param testSha256 of the content of its own test set; empty where it has none
     * @param validation rows held out to decide when to stop
     * @param test rows held out to report on; 0 where the data set has a test set of its own
     */
    public record Source(
            String name,
            Optional<String> from,
            Optional<List<String>> columns,
            Shape shape,
            Values values,
            String sha256,
            String testSha256,
            int validation,
            int test) {
        public Source {
            columns = columns.map(List::copyOf);
        }

        /** Describes data, whose table, if the name is that of one, says what the columns are called. */
        public static Source of(
                String name, Optional<String> from, Dataset data, Optional<Dataset> ownTest, int validation, int test) {
            return new Source(
                    name,
                    from,
                    Optional.of(Datasets.columns(name)).filter(names -> !names.isEmpty()),
                    data.shape(),
                    data.values(),
                    data.sha256(),
                    ownTest.map(Dataset::sha256).orElse(""),
                    validation,
                    ownTest.isPresent() ? 0 : test);
        }

        /**
         * The parts, the same for the same seed.
         *
         * @throws DataException if the data are not those that this describes
         */
        public Split split(Dataset data, Optional<Dataset> ownTest, long seed) {
            require(data.name(), sha256, data.sha256());
            require(
                    data.name() + " (test)",
                    testSha256,
                    ownTest.map(Dataset::sha256).orElse(""));
            Generator rng = Generator.of(seed).split("split");
            return ownTest.map(t -> Split.of(data, t, validation, rng))
                    .orElseGet(() -> Split.of(data, validation, test, rng));
        }

        /**
         * Refuses a table whose header, if it has one, says that the values of a row are others or in another order.
         *
         * @param table its name
         * @throws DataException naming the first column that is another
         */
        public void requireColumns(String table) {
            List<String> found = Datasets.columns(table);
            List<String> expected = columns.orElse(found);
            for (int i = 0; i < found.size() && i < expected.size(); i++) {
                if (!found.get(i).equals(expected.get(i))) {
                    throw DataException.in(
                            table,
                            "the columns of " + name + " in their order, " + DataException.quoted(expected.get(i))
                                    + " as value " + (i + 1) + " of a row",
                            DataException.quoted(found.get(i)));
                }
            }
        }

        private static void require(String name, String expected, String found) {
            if (!found.equals(expected)) {
                throw DataException.in(
                        name, "the data that the run was made with, SHA-256 " + expected, "SHA-256 " + found);
            }
        }
    }

    /**
     * What is reported at the end.
     *
     * @param rows of the test set of which log p(x) is estimated, spread evenly; the ELBO is of all
     * @param samples the draws of z for each of those
     * @param elboSamples the draws of z for each row of the ELBO
     */
    public record Protocol(int rows, int samples, int elboSamples) {
        /** @throws IllegalArgumentException if a number is not positive */
        public Protocol {
            if (rows < 1 || samples < 1 || elboSamples < 1) {
                throw new IllegalArgumentException("evaluation rows and samples must be ≥ 1, were " + rows + ", "
                        + samples + " and " + elboSamples);
            }
        }
    }
}
