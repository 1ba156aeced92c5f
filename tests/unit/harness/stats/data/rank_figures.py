#!/usr/bin/python3
"""Writes tests/unit/harness/stats/data/rank_figures.txt, what SciPy says of samples that test_rank.c asks rank.c about:

    /usr/bin/python3 tests/unit/harness/stats/data/rank_figures.py > tests/unit/harness/stats/data/rank_figures.txt      (Debian: python3-scipy)

p is scipy.stats.mannwhitneyu's and wilcoxon's; estimate and interval are written out from the definition (all differences,
all means of two), with ranks from the same p of samples made to have each value of the statistic. The two samples of
Hollander & Wolfe, Nonparametric Statistical Methods (2nd ed., tables 4.1 and 3.1), are those of R's help page of
wilcox.test, which gives p = 0.1272 and 0.01953, one-sided.
"""
import numpy
import scipy
from scipy.stats import mannwhitneyu, wilcoxon


def u_tail(u, m, n, exact):
    """P(U <= u): half of SciPy's p for a sample that has exactly this U."""
    y = numpy.arange(1, n + 1) * 10.0
    x = numpy.empty(m)
    left = u
    for i in range(m):  # each x beats as many y as are still wanted
        beats = min(n, left)
        x[i] = beats * 10 + 5 + i / 100
        left -= beats
    return mannwhitneyu(x, y, alternative="less", method="exact" if exact else "asymptotic").pvalue


def w_tail(w, n, exact):
    sign = -numpy.ones(n)
    left = w
    for rank in range(n, 0, -1):  # as a sum of different ranks, greedily
        if rank <= left:
            sign[rank - 1] = 1
            left -= rank
    d = sign * numpy.arange(1, n + 1)
    return wilcoxon(d, alternative="less", mode="exact" if exact else "approx", correction=True).pvalue


def interval(values, tail, alpha):
    values = numpy.sort(values)
    k = 0
    while k < len(values) // 2 and tail(k) <= alpha / 2:
        k += 1
    estimate = numpy.median(values)
    if k == 0:
        return estimate, -numpy.inf, numpy.inf
    return estimate, values[k - 1], values[len(values) - k]


def independent(x, y, alpha):
    exact = len(x) * len(y) <= 2500
    tails = {}
    def tail(u):
        if u not in tails:
            tails[u] = u_tail(u, len(x), len(y), exact)
        return tails[u]
    p = mannwhitneyu(x, y, alternative="two-sided", method="exact" if exact else "asymptotic").pvalue
    return (*interval(numpy.subtract.outer(y, x).ravel(), tail, alpha), p)


def paired(d, alpha):
    exact = len(d) <= 50
    tails = {}
    def tail(w):
        if w not in tails:
            tails[w] = w_tail(w, len(d), exact)
        return tails[w]
    i, j = numpy.triu_indices(len(d))
    p = wilcoxon(d, mode="exact" if exact else "approx", correction=True).pvalue
    return (*interval((d[i] + d[j]) / 2, tail, alpha), p)


def line(kind, alpha, figures, *samples):
    print(kind, repr(alpha), *(len(s) for s in samples), *(repr(float(v)) for s in samples for v in s),
          *(repr(float(f)) for f in figures))


print(f"# scipy {scipy.__version__}, by rank_figures.py: kind, alpha, counts, samples, estimate, low, high, p")
permeability = numpy.array([0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]), numpy.array([1.15, 0.88, 0.90, 0.74, 1.21])
depression = numpy.array([0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]) - numpy.array([1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30])
line("independent", 0.05, independent(*permeability, 0.05), *permeability)
line("paired", 0.05, paired(depression, 0.05), depression)
random = numpy.random.default_rng(20261125)
for m, n in [(1, 1), (1, 4), (2, 3), (3, 3), (4, 4), (5, 5), (5, 6), (7, 3), (10, 10), (10, 20), (20, 20), (30, 25), (50, 50), (60, 60), (80, 40)]:
    for alpha in (0.05, 0.01):
        shift = random.choice([0, 0.01, 0.03, 0.3])
        x = random.normal(0, 0.01, m)
        y = random.lognormal(0, 0.02, n) - 1 + shift
        line("independent", alpha, independent(x, y, alpha), x, y)
for n in [1, 2, 5, 7, 8, 9, 10, 12, 20, 35, 50, 201, 300]:
    for alpha in (0.05, 0.01):
        d = random.normal(random.choice([0, 0.002, 0.01, 0.1]), 0.01, n)
        line("paired", alpha, paired(d, alpha), d)
