"""What scaling.py makes of made-up points; run by python3 -m unittest discover benchmarks."""
import os
import tempfile
import unittest

import scaling


class ScalingTest(unittest.TestCase):
    def test_a_power_has_its_exponent(self):
        sizes = (2, 8, 32, 512)
        for power in (0, 0.5, 1, 2):
            for found in scaling.exponent(sizes, [3 * s ** power for s in sizes]):
                self.assertAlmostEqual(found, power)

    def test_a_constant_beside_it_shows_in_all_points_and_less_in_the_last_two(self):
        all_points, last = scaling.exponent((1, 10, 100, 1000), [50 + s for s in (1, 10, 100, 1000)])
        self.assertLess(all_points, 0.6)
        self.assertGreater(last, 0.8)

    def test_a_table_tells_cost_and_exponents(self):
        points = [dict(rate=r, ms=m, peak_rss_mib=300, rss_anonymous_mib=200) for r, m in ((10_000, 10), (1000, 100))]
        said = scaling.lines("draws", (10, 100), points)
        self.assertIn("| 10 | 10,000 | 10.00 | 300 | 200 |", said)
        self.assertIn("time of a step: exponent 1.00, between the last two 1.00", said)
        self.assertIn("memory that is no file's: exponent 0.00", said)

    def test_the_pictures_are_as_many_as_the_header_says(self):
        with tempfile.TemporaryDirectory() as folder:
            path = scaling.images(folder, 12_345)
            with open(path, "rb") as f:
                head = f.read(16)
            self.assertEqual(head, bytes([0, 0, 8, 3, 0, 0, 0x30, 0x39, 0, 0, 0, 28, 0, 0, 0, 28]))
            self.assertEqual(os.path.getsize(path), 16 + 12_345 * 784)


if __name__ == "__main__":
    unittest.main()
