"""Prints the coefficients of jensen.tensor.Tanh, and how far they are off in float32: python reference/tanh.py

tanh(x) ≈ x p(x²) / q(x²) with p and q of degree 4 and q(0) = 1. The largest relative error on (0, END] is made small by
weighted least squares on the linearised problem, each weight raised where the error is large (Lawson, 1961).
"""
import mpmath
import numpy

END = mpmath.mpf("8.2")
DEGREE = 4
POINTS = 240
ROUNDS = 60


def fit():
    places = [(1 - mpmath.cos((k + 0.5) * mpmath.pi / POINTS)) / 2 * END for k in range(POINTS)]
    scaled = [(x / END) ** 2 for x in places]
    target = [mpmath.tanh(x) / x for x in places]
    weights = [mpmath.mpf(1)] * POINTS
    below = [mpmath.mpf(1)] * POINTS
    best = None
    for _ in range(ROUNDS):
        rows, right = [], []
        for t, f, w, q in zip(scaled, target, weights, below):
            s = mpmath.sqrt(w) / (q * f)
            rows.append([s * t**j for j in range(DEGREE + 1)] + [-s * f * t**j for j in range(1, DEGREE + 1)])
            right.append(s * f)
        a = mpmath.matrix(rows)
        found = mpmath.lu_solve(a.T * a, a.T * mpmath.matrix(right))
        p = [found[j] for j in range(DEGREE + 1)]
        q = [mpmath.mpf(1)] + [found[DEGREE + j] for j in range(1, DEGREE + 1)]
        below = [mpmath.polyval(q[::-1], t) for t in scaled]
        error = [abs(mpmath.polyval(p[::-1], t) / b / f - 1) for t, b, f in zip(scaled, below, target)]
        largest = max(error)
        if best is None or largest < best[0]:
            best = largest, p, q
        weights = [w * (e / largest + mpmath.mpf("1e-3")) for w, e in zip(weights, error)]
    largest, p, q = best
    unscale = lambda of: [numpy.float32(float(c / END ** (2 * j))) for j, c in enumerate(of)]
    return largest, unscale(p), unscale(q)


def evaluate(x, p, q):
    t = x * x
    above, below = numpy.full_like(t, p[-1]), numpy.full_like(t, q[-1])
    for a, b in zip(p[-2::-1], q[-2::-1]):
        above, below = above * t + a, below * t + b
    return x * above / below


def floats(start, end):
    """All float32 from one to before another."""
    first, last = (int(numpy.float32(x).view(numpy.int32)) for x in (start, end))
    return numpy.arange(first, last, dtype=numpy.int32).view(numpy.float32)


def main():
    mpmath.mp.dps = 50
    largest, p, q = fit()
    print("p", *p)
    print("q", *q)
    print("relative error before rounding", mpmath.nstr(largest, 3))
    last = floats(4, END)
    print("above one from", last[evaluate(last, p, q) > 1][:1])
    worst = 0
    for k in range(-20, 3):
        x = floats(2.0**k, min(2.0 ** (k + 1), float(END)))
        true = numpy.tanh(x.astype(numpy.float64))
        worst = max(worst, numpy.max(numpy.abs(evaluate(x, p, q) - true) / numpy.spacing(true.astype(numpy.float32))))
    print("units in the last place", worst)


if __name__ == "__main__":
    main()
