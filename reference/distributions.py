"""Golden log-densities, divergences and special functions, by mpmath.

Every argument is the exact double that its text reads back to; every expected value is computed from it with at
least 60 digits by the most direct formula (no numerically clever form), and written with 25.
"""
import itertools

import mpmath as mp

import golden

mp.mp.dps = 60
HEAD = "Written by reference/distributions.py with mpmath. Logarithms are natural. Vectors are separated by spaces.\n"


def sigmoid(t):
    return 1 / (1 + mp.exp(-t))


def mpf(values):
    return [mp.mpf(v) for v in values]


def write(name, comment, columns, rows):
    golden.write(golden.CORE, name, HEAD + comment, columns, list(rows))


# ---- log-densities and log-masses ------------------------------------------------------------
def normal(x, mean, log_variance):
    x, mean, variance = mp.mpf(x), mp.mpf(mean), mp.exp(mp.mpf(log_variance))
    return mp.log(mp.exp(-((x - mean) ** 2) / (2 * variance)) / mp.sqrt(2 * mp.pi * variance))


def normal_rows():
    points = (0.0, 0.1, -0.5, 1.0, 3.7, -8.25, 40.0, -1000.0)
    for x, mean, log_variance in itertools.product(points, (0.0, -1.3, 2.5), (0.0, -4.0, -12.5, 1.5, 6.0)):
        yield x, mean, log_variance, normal(x, mean, log_variance)


LOGITS = (0.0, 1e-8, -1e-3, 0.3, -1.0, 2.5, -5.0, 17.0, -17.0, 36.5, -40.0, 90.0, -120.0, 800.0, -800.0)


def bernoulli(x, logit):
    with mp.workdps(800):
        p = sigmoid(mp.mpf(logit))
        return +mp.log(p if x == 1 else 1 - p)


def bernoulli_rows():
    for logit, x in itertools.product(LOGITS, (0, 1)):
        yield x, logit, bernoulli(x, logit)


def continuous_bernoulli(x, logit):
    """log of exp(logit x) / integral of exp(logit t) over t in [0, 1]."""
    x, logit = mp.mpf(x), mp.mpf(logit)
    norm = mp.mpf(1) if logit == 0 else (mp.exp(logit) - 1) / logit
    return mp.log(mp.exp(logit * x) / norm)


def continuous_bernoulli_mean(logit):
    logit = mp.mpf(logit)
    return mp.mpf(1) / 2 if logit == 0 else 1 / (1 - mp.exp(-logit)) - 1 / logit


CB_LOGITS = (0.0, 1e-8, 1e-5, 1e-3, 0.01, 0.1, 0.24, 0.26, 0.5, 1.0, 2.0, 4.9, 5.1, 10.0, 20.0, 50.0, 100.0)
CB_LOGITS = sorted({s * l for l in CB_LOGITS for s in (-1.0, 1.0)} - {-0.0}) + [0.0]


def continuous_bernoulli_rows():
    for logit, x in itertools.product(sorted(set(CB_LOGITS)), (0.0, 0.25, 0.5, 0.9, 1.0)):
        yield x, logit, continuous_bernoulli(x, logit)


def discretized_logistic(x, location, log_scale):
    """log of F(x + 1/2) - F(x - 1/2), with F(-1/2) taken as 0 and F(255 + 1/2) as 1."""
    location, scale = mp.mpf(location), mp.exp(mp.mpf(log_scale))
    reach = max(abs(x - location) + 1, 1) / scale
    with mp.workdps(60 + int(reach)):
        upper = mp.mpf(1) if x == 255 else sigmoid((x + mp.mpf(1) / 2 - location) / scale)
        lower = mp.mpf(0) if x == 0 else sigmoid((x - mp.mpf(1) / 2 - location) / scale)
        return +mp.log(upper - lower)


def discretized_logistic_rows():
    pixels = (0, 1, 2, 100, 127, 128, 200, 253, 254, 255)
    locations = (0.0, 0.5, 3.25, 127.5, 128.0, 254.5, 255.0, -40.0, 300.0)
    for x, location, log_scale in itertools.product(pixels, locations, (-3.0, -1.0, 0.0, 1.5, 3.0, 6.0)):
        yield x, location, log_scale, discretized_logistic(x, location, log_scale)
    for x, location, log_scale in ((128, 128.0, -7.0), (0, 255.0, -4.0), (255, 0.0, -4.0), (7, -2000.0, 0.5)):
        yield x, location, log_scale, discretized_logistic(x, location, log_scale)


CATEGORICAL = ([0.0, 0.0], [1.0, -1.0, 0.5], [3.0, 2.0, 1.0, 0.0, -1.0], [1000.0, 0.0, -1000.0], [-1e4, -1e4, -1e4 + 1],
               [1e-9, 0.0], [-0.25, 12.5, 7.75, 12.5, -30.0, 0.125, 2.0])


def categorical(index, logits):
    with mp.workdps(1000):
        masses = [mp.exp(l) for l in mpf(logits)]
        return +mp.log(masses[index] / sum(masses))


def categorical_rows():
    for logits in CATEGORICAL:
        for index in range(len(logits)):
            yield index, logits, categorical(index, logits)


# ---- divergences -----------------------------------------------------------------------------
def normal_kl(mean, log_variance, other_mean, other_log_variance):
    total = mp.mpf(0)
    for m, lv, om, olv in zip(*map(mpf, (mean, log_variance, other_mean, other_log_variance))):
        total += (olv - lv) / 2 + (mp.exp(lv) + (m - om) ** 2) / (2 * mp.exp(olv)) - mp.mpf(1) / 2
    return total


STANDARD = [
    ([0.0], [0.0]), ([1.0], [0.0]), ([0.0], [-2.0]), ([0.0], [1e-6]), ([1e-5], [0.0]), ([-3.5], [1.75]), ([0.0], [-30.0]),
    ([12.0], [10.0]), ([0.5, -0.25, 2.0], [-1.0, 0.5, -3.0]), ([0.0] * 5, [-8.0, -4.0, 0.0, 2.0, 4.0]),
]
PAIRS = [
    ([0.0], [0.0], [0.0], [0.0]), ([1.0], [0.5], [1.0], [0.5]), ([0.0], [0.0], [3.0], [-1.0]), ([2.0], [-20.0], [2.0], [-19.5]),
    ([-1.5], [3.0], [40.0], [-2.0]), ([1e-4], [1e-4], [0.0], [0.0]),
    ([0.5, -0.25, 2.0], [-1.0, 0.5, -3.0], [0.0, 0.75, -2.0], [0.25, -0.5, 1.0]),
]


def bernoulli_kl(logit, other):
    with mp.workdps(800):
        p, q = sigmoid(mp.mpf(logit)), sigmoid(mp.mpf(other))
        return +(p * mp.log(p / q) + (1 - p) * mp.log((1 - p) / (1 - q)))


def categorical_kl(logits, others):
    with mp.workdps(1000):
        p, q = ([mp.exp(l) for l in mpf(v)] for v in (logits, others))
        sp, sq = sum(p), sum(q)
        return +sum(a / sp * mp.log((a / sp) / (b / sq)) for a, b in zip(p, q))


CATEGORICAL_PAIRS = [
    ([0.0, 0.0], [0.0, 0.0]), ([0.0, 1.0], [1.0, 0.0]), ([3.0, 2.0, 1.0], [1.0, 1.0, 1.0]), ([100.0, 0.0], [0.0, 0.0]),
    ([0.0, 0.0], [100.0, 0.0]), ([500.0, -500.0, 0.0], [-500.0, 500.0, 0.0]), ([1e-6, 0.0, 0.0], [0.0, 0.0, 0.0]),
    ([-0.25, 12.5, 7.75, 12.5], [1.5, 2.5, -3.5, 0.0]),
]


# ---- special functions -----------------------------------------------------------------------
def normal_quantile(p):
    """The root of the standard normal's CDF, bracketed on the side where the tail is not cancelled."""
    p = mp.mpf(p)
    if p == mp.mpf(1) / 2:
        return mp.mpf(0)
    if p > mp.mpf(1) / 2:
        return -normal_quantile(1 - p)
    f = lambda z: mp.log(mp.ncdf(z)) - mp.log(p)
    return mp.findroot(f, (-mp.sqrt(2 * mp.log(1 / p)) - 1, mp.mpf(0.5)), solver="anderson", tol=mp.mpf(10) ** -80)


def special_rows():
    for x in LOGITS + (1e-300, -700.0, -745.0, 1e-16, 33.3, -37.0):
        with mp.workdps(1000):
            yield "softplus", [x], +mp.log(1 + mp.exp(mp.mpf(x)))
    for x in (1e-300, 1e-16, 1e-8, 1e-3, 0.1, 0.69, 0.7, 1.0, 5.0, 36.0, 40.0, 700.0, 745.0):
        with mp.workdps(700):
            yield "log1mexp", [x], +mp.log(1 - mp.exp(-mp.mpf(x)))
    for v in CATEGORICAL + ([5.0], [-1000.0, -1000.5], [800.0, 801.0, 799.0], [0.0, -50.0], [0.0, -800.0]):
        with mp.workdps(1000):
            yield "logsumexp", v, +mp.log(sum(mp.exp(t) for t in mpf(v)))
    for p in (1e-300, 1e-100, 1e-16, 1e-9, 1e-4, 0.01, 0.02425, 0.1, 0.3, 0.5, 0.500001, 0.75, 0.97575, 0.99, 0.9999, 1 - 2.0**-53):
        yield "normalQuantile", [p], normal_quantile(p)


def check():
    """The formulas above against their other forms, so that a slip here is not copied into the golden files."""
    for logit in (-3.0, -0.1, 0.7, 8.0):
        area = mp.quad(lambda t: mp.exp(continuous_bernoulli(t, logit)), [0, 0.5, 1])
        mean = mp.quad(lambda t: t * mp.exp(continuous_bernoulli(t, logit)), [0, 0.5, 1])
        assert abs(area - 1) < 1e-40 and abs(mean - continuous_bernoulli_mean(logit)) < 1e-40, logit
        rate = sigmoid(mp.mpf(logit))
        paper = mp.log(2 * mp.atanh(1 - 2 * rate) / (1 - 2 * rate)) + mp.log(rate) / 4 + 3 * mp.log(1 - rate) / 4
        assert abs(paper - continuous_bernoulli(0.25, logit)) < 1e-40, logit
    for location, log_scale in ((3.25, 0.0), (127.5, 3.0), (300.0, 1.5)):
        total = sum(mp.exp(discretized_logistic(x, location, log_scale)) for x in range(256))
        assert abs(total - 1) < 1e-40, (location, log_scale)
    for m, lv, om, olv in PAIRS[:5]:
        m, lv, om, olv = m[0], lv[0], om[0], olv[0]
        sd = mp.exp(mp.mpf(lv) / 2)
        integrand = lambda t: mp.npdf(t) * (normal(m + sd * t, m, lv) - normal(m + sd * t, om, olv))
        assert abs(mp.quad(integrand, [-30, -8, 0, 8, 30]) - normal_kl([m], [lv], [om], [olv])) < 1e-30


if __name__ == "__main__":
    check()
    write("normal.csv", "log N(x; mean, exp(log_variance)).", ["x", "mean", "log_variance", "expected"], normal_rows())
    write("bernoulli.csv", "log-mass of x with probability sigmoid(logit).", ["x", "logit", "expected"], bernoulli_rows())
    write("continuous-bernoulli.csv", "log-density on [0, 1], proportional to exp(logit x) (Loaiza-Ganem and Cunningham 2019).",
          ["x", "logit", "expected"], continuous_bernoulli_rows())
    write("continuous-bernoulli-mean.csv", "Mean of the continuous Bernoulli.", ["logit", "expected"],
          ((l, continuous_bernoulli_mean(l)) for l in sorted(set(CB_LOGITS))))
    write("discretized-logistic.csv",
          "log-mass of pixel x in 0..255: the logistic's mass on [x - 1/2, x + 1/2]; the first and last bins take the tails.\n"
          "location and exp(log_scale) are in pixel units.", ["x", "location", "log_scale", "expected"], discretized_logistic_rows())
    write("categorical.csv", "log-softmax(logits)[index].", ["index", "logits", "expected"], categorical_rows())
    write("kl-normal-standard.csv", "KL(N(mean, diag exp(log_variance)) || N(0, I)).", ["mean", "log_variance", "expected"],
          ((m, lv, normal_kl(m, lv, [0.0] * len(m), [0.0] * len(m))) for m, lv in STANDARD))
    write("kl-normal.csv", "KL(N(mean, diag exp(log_variance)) || N(other_mean, diag exp(other_log_variance))).",
          ["mean", "log_variance", "other_mean", "other_log_variance", "expected"], ((*p, normal_kl(*p)) for p in PAIRS))
    write("kl-bernoulli.csv", "KL(Bernoulli(sigmoid(logit)) || Bernoulli(sigmoid(other_logit))).", ["logit", "other_logit", "expected"],
          ((a, b, bernoulli_kl(a, b)) for a, b in itertools.product((0.0, 1e-8, -1e-3, 0.3, -2.5, 17.0, -40.0, 800.0, -800.0), repeat=2)))
    write("kl-categorical.csv", "KL(Categorical(softmax(logits)) || Categorical(softmax(other_logits))).",
          ["logits", "other_logits", "expected"], ((a, b, categorical_kl(a, b)) for a, b in CATEGORICAL_PAIRS))
    write("special.csv", "softplus(x) = log(1 + exp(x)); log1mexp(x) = log(1 - exp(-x)), x > 0; logsumexp(x...);\n"
          "normalQuantile(p): the z with standard normal CDF p.", ["function", "x", "expected"], special_rows())
