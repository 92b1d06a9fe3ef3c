"""What report.py makes of made-up runs; run by python3 -m unittest discover benchmarks."""
import unittest

import report


def run(config, rate, seed=0, bound=-100.0, dirty=False, examples=60000, rss=500.0):
    return dict(config=config, rate=rate, seed=seed, test_bound=bound, dirty=dirty, examples=examples, peak_rss_mib=rss,
                warmup_s=1.0, own_cpu=1.9)


def cells(table):
    return [[c.strip() for c in line.strip("|").split("|")] for line in table.splitlines()[2:]]


class ReportTest(unittest.TestCase):
    def test_a_ratio_is_within_a_round_and_the_median_over_them(self):
        # the machine slows down by half in round 2: the rates do, the ratio does not
        runs = [run("mlp/jensen", r, s) for s, r in enumerate((1200, 1100, 600))]
        runs += [run("mlp/torch/a", r, s) for s, r in enumerate((1000, 1000, 500))] + [run("mlp/jax/b", 900, s) for s in range(3)]
        row, = cells(report.summary(report.by_workload(runs)))
        self.assertEqual(row[:7], ["mlp", "1,100", "torch/a", "1,000", "**1.20**", "1.10–1.20", "3"])

    def test_a_dirty_run_counts_only_where_there_is_no_other(self):
        runs = [run("mlp/jensen", 100, 0, dirty=True), run("mlp/jensen", 800, 0), run("mlp/torch/a", 400, 0, dirty=True)]
        row, = cells(report.summary(report.by_workload(runs)))
        self.assertEqual((row[1], row[3], row[4]), ("800", "400", "**2.00**~"))
        self.assertIn("others used the machine", report.text(runs))

    def test_less_than_float32_is_nobodys_fastest(self):
        runs = [run("mlp/jensen", 100), run("mlp/torch/eager_bf16", 900), run("mlp/torch/eager", 200)]
        self.assertEqual(report.fastest_peer(report.by_workload(runs)["mlp"]), "torch/eager")

    def test_bounds_further_apart_than_the_tolerance_are_other_work(self):
        near, far = report.TOLERANCE["mlp"] * 0.9, report.TOLERANCE["mlp"] * 1.1
        for apart, lines in ((near, 0), (-near, 0), (far, 1), (-far, 1)):
            runs = [run("mlp/jensen", 1, bound=-100), run("mlp/torch/a", 1, bound=-100 + apart)]
            self.assertEqual(len(report.disagreements(runs)), lines, apart)
        self.assertEqual(report.disagreements(runs, factor=2), [])
        self.assertRegex(report.disagreements(runs)[0], r"mlp: expected test bounds within 2.0 nats, found −100.00 .*torch/a")

    def test_no_bound_and_no_number_are_other_work(self):
        for bound in (None, float("nan")):
            self.assertEqual(len(report.disagreements([run("mlp/jensen", 1), run("mlp/torch/a", 1, bound=bound)])), 1)

    def test_another_number_of_examples_is_other_work(self):
        lines = report.disagreements([run("mlp/jensen", 1, examples=60000), run("mlp/torch/a", 1, examples=59900)])
        self.assertEqual(len(lines), 1)
        self.assertIn("59900", lines[0])

    def test_a_peer_alone_is_compared_with_nothing(self):
        self.assertEqual(report.disagreements([run("mlp/torch/a", 1), run("mlp/jax/b", 1, bound=-500)]), [])

    def test_memory_is_the_leanest_variants(self):
        runs = [run("mlp/jensen", 1, rss=600), run("mlp/torch/a", 1, rss=900), run("mlp/torch/b", 1, rss=800), run("conv/jensen", 1, rss=700)]
        self.assertEqual(cells(report.memory(report.by_workload(runs))), [["mlp", "600", "800"], ["conv", "700", ""]])

    def test_a_peer_has_its_column_of_memory_and_a_row_for_each_variant(self):
        runs = [run("mlp/jensen", 900), run("mlp/jax/a", 800, rss=700), run("mlp/dl4j/a", 20, rss=950), run("mlp/dl4j/b", 50, rss=930)]
        said = report.text(runs)
        self.assertIn("| peak resident memory, MiB | Jensen | dl4j | jax |", said)
        self.assertIn("| mlp | 500 | 930 | 700 |", said)
        self.assertEqual([row[:2] for row in cells(report.details(report.by_workload(runs)["mlp"]))],
                         [["jensen", "900"], ["jax/a", "800"], ["dl4j/b", "50.0"], ["dl4j/a", "20.0"]])

    def test_how_far_apart_the_cores_were_stands_beside_a_side(self):
        runs = [dict(run("mlp/jensen", 900), round_trip_ns=[60.4, 330.0]), dict(run("mlp/jensen", 900, 1), round_trip_ns=[None, 70.0]),
                run("mlp/torch/a", 800)]
        self.assertEqual([row[-1] for row in cells(report.details(report.by_workload(runs)["mlp"]))], ["60–330", "–"])

    def test_every_workload_has_its_tolerance(self):
        import compare
        import types
        a = types.SimpleNamespace(data="d", venvs="v", results="r", limit=60000, unlock="", only="")
        names = [c[0] for c in compare.configurations(a)]
        self.assertEqual({n.split("/")[0] for n in names}, set(report.TOLERANCE))
        self.assertEqual(len(set(names)), len(names))
        for w in report.TOLERANCE:
            self.assertIn(w + "/jensen", names)


if __name__ == "__main__":
    unittest.main()
