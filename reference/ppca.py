"""Maximum likelihood of probabilistic PCA on the digits, in closed form (Tipping and Bishop 1999)."""
import numpy as np
from scipy.stats import multivariate_normal
from sklearn.datasets import load_digits

import golden


def fit(x, k):
    """Mean log-likelihood per datum, noise variance and the k kept eigenvalues of the sample covariance (1 / N)."""
    n, d = x.shape
    eigenvalues, vectors = np.linalg.eigh(np.cov(x, rowvar=False, bias=True))
    eigenvalues, vectors = eigenvalues[::-1], vectors[:, ::-1]
    noise = eigenvalues[k:].mean()
    value = -0.5 * (d * np.log(2 * np.pi) + np.log(eigenvalues[:k]).sum() + (d - k) * np.log(noise) + d)
    w = vectors[:, :k] * np.sqrt(eigenvalues[:k] - noise)
    direct = multivariate_normal.logpdf(x, x.mean(0), w @ w.T + noise * np.eye(d)).mean()
    assert abs(direct - value) < 1e-9, (direct, value)
    return float(value), float(noise), [float(v) for v in eigenvalues[:k]]


if __name__ == "__main__":
    digits = load_digits().data
    golden.write(golden.DATASETS, "ppca.csv",
                 "Written by reference/ppca.py: probabilistic PCA fitted to all 1797 digits, grey levels 0..16 unscaled, k latents.\n"
                 "log_likelihood: mean per datum, nats, at the maximum; eigenvalues: the k largest of the covariance (divisor N).",
                 ["k", "log_likelihood", "noise_variance", "eigenvalues"], ((k, *fit(digits, k)) for k in (3, 5)))
