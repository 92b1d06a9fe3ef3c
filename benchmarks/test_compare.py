"""Which sides compare.py runs, and how it does without DL4J; run by python3 -m unittest discover benchmarks."""
import contextlib
import io
import os
import sys
import tempfile
import types
import unittest
from unittest import mock

import compare
from peers import dl4j_vae


def configurations(only):
    a = types.SimpleNamespace(data="d", venvs="v", results="r", limit=2050, unlock="", only=only)
    return compare.configurations(a)


def ended(status, said):
    return mock.patch.object(dl4j_vae.subprocess, "run", return_value=types.SimpleNamespace(returncode=status, stdout=said))


class Dl4jTest(unittest.TestCase):
    def setUp(self):
        kernels = mock.patch.object(dl4j_vae, "kernels", return_value="linux-x86_64")
        kernels.start()
        self.addCleanup(kernels.stop)

    def test_it_is_a_side_of_the_dense_workloads_that_bound_with_one_draw(self):
        names = [c[0] for c in configurations("/dl4j/")]
        self.assertEqual(names, [f"{w}/dl4j/{v}" for w in ("mlp", "mlp1000") for v in ("pretrain", "pretrain_passive")])
        command = configurations("^mlp1000/dl4j/pretrain$")[0][1]
        self.assertEqual(command[0], sys.executable)
        self.assertEqual(command[2:], ["--data", "d", "--workload", "mlp1000", "--limit", "2000", "--variant", "pretrain"])
        self.assertTrue(os.path.exists(command[1]))

    def test_what_cannot_be_built_is_left_out_in_a_line(self):
        chosen = [("mlp/jensen", [sys.executable], {}), *configurations("^mlp/dl4j/")]
        said = io.StringIO()
        with mock.patch.object(dl4j_vae, "build", return_value="it rains"), contextlib.redirect_stderr(said):
            self.assertEqual([c[0] for c in compare.installed(chosen)], ["mlp/jensen"])
        self.assertEqual(said.getvalue(), "left out, since it rains: mlp/dl4j/pretrain, mlp/dl4j/pretrain_passive\n")

    def test_it_is_built_only_where_it_is_wanted(self):
        for chosen, builds in (([("mlp/jensen", [sys.executable], {})], 0), (configurations("^mlp/dl4j/"), 1)):
            with mock.patch.object(dl4j_vae, "build", return_value=None) as build:
                self.assertEqual(compare.installed(chosen), chosen)
            self.assertEqual(build.call_count, builds)

    def test_the_reason_is_one_line(self):
        with mock.patch.object(dl4j_vae, "built", return_value=False):
            with mock.patch.object(dl4j_vae.subprocess, "run", side_effect=FileNotFoundError):
                self.assertEqual(dl4j_vae.build(), "DL4J is built by Maven, and there is no mvn")
            with ended(1, "[WARNING] a\n\33[0m[ERROR] cannot resolve b\n[ERROR] \n"):
                self.assertRegex(dl4j_vae.build(), r"^DL4J cannot be built \(cannot resolve b\)$")
            with ended(137, ""):
                self.assertRegex(dl4j_vae.build(), r"exit status 137\)$")
            with ended(0, ""):
                self.assertIsNone(dl4j_vae.build())

    def test_a_build_is_good_until_a_source_is_newer(self):
        with tempfile.TemporaryDirectory() as folder:
            jar = os.path.join(folder, "target", "dl4j-vae.jar")
            with mock.patch.multiple(dl4j_vae, PROJECT=folder, JAR=jar):
                source = os.path.join(folder, "src", "A.java")
                for i, path in enumerate((os.path.join(folder, "pom.xml"), source, dl4j_vae.classpath(), jar)):
                    self.assertFalse(dl4j_vae.built())
                    os.makedirs(os.path.dirname(path), exist_ok=True)
                    open(path, "w").close()
                    os.utime(path, (i, i))
                self.assertTrue(dl4j_vae.built())
                os.utime(source, (9, 9))
                self.assertFalse(dl4j_vae.built())

    def test_the_kernels_are_the_widest_that_the_processor_has(self):
        all_of_them = ["sse4_2", "avx2", "avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"]
        for flags, wanted in ((all_of_them, "-avx512"), (all_of_them[:-1], "-avx2"), (all_of_them[:1], "")):
            self.assertEqual(dl4j_vae.classifier(flags), "linux-x86_64" + wanted)


class CalibrationTest(unittest.TestCase):
    def calibrated(self, said):
        a = types.SimpleNamespace(calibrator="c", threads=2)
        with mock.patch.object(compare.subprocess, "run", return_value=types.SimpleNamespace(stdout=said)):
            return compare.calibrate(a)

    def test_the_rate_is_a_median_and_one_thread_has_no_round_trip(self):
        rates = "2 threads: 230.0 GFLOP/s (check 1)\n2 threads: 90.5 GFLOP/s (check 1)\n2 threads: 231.5 GFLOP/s (check 1)\n"
        self.assertEqual(self.calibrated("round trip: 333 ns\n" + rates), {"fma_gflops": 230.0, "round_trip_ns": 333.0})
        self.assertEqual(self.calibrated(rates), {"fma_gflops": 230.0, "round_trip_ns": None})

    def test_no_calibrator_finds_nothing(self):
        self.assertEqual(compare.calibrate(types.SimpleNamespace(calibrator="")), {})


if __name__ == "__main__":
    unittest.main()
