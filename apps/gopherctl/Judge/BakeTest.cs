using GopherMesh.Gopherctl.Statistics;

namespace GopherMesh.Gopherctl.Judge;

/// <summary>
/// The evidence, by one metric, that a canary with all requests is worse than stable was in the steps before by more than the tolerance.
/// <para>
/// Stable's rate is bounded from above by what it did in those steps: the bound holds at whatever time the steps ended with probability 1 - delta
/// (Robbins' mixture of likelihoods with a uniform prior). From then on an e-process tests "the canary's rate is at most
/// <see cref="Tolerance.Limit"/> of the bound". If that is so in every look, the <see cref="Value"/> reaches 1/alpha with probability alpha at most.
/// </para>
/// <para>
/// Assumed beyond what the other tests assume: that stable would be no worse now than in the steps, by more than the tolerance. There is no stable
/// version of the same time to compare with, which is why nothing is cleared by this.
/// </para>
/// </summary>
internal sealed class BakeTest
{
    private static readonly double[] Ratios = [1.2, 1.5, 2, 3, 6, 15, 50, 300];

    // A rate that nothing can be told from: every canary would be as good.
    private const double MostToldApart = 0.999;

    private readonly BeginningsMixture _mixture = new(Ratios.Length);
    private readonly double _limit;

    /// <summary>A test against what stable did.</summary>
    /// <param name="requests">Stable's requests in the steps.</param>
    /// <param name="bad">Those of them that were bad by this metric.</param>
    /// <param name="tolerance">Which difference is too small to matter.</param>
    /// <param name="delta">How often the bound of stable's rate may be wrong.</param>
    public BakeTest(long requests, long bad, Tolerance tolerance, double delta)
        : this(tolerance.Limit(UpperBound(requests, bad, delta)))
    {
    }

    /// <summary>A test against a rate that is given, for where nothing is known of stable.</summary>
    /// <param name="limit">The rate that the canary must not exceed, above 0.</param>
    public BakeTest(double limit) => _limit = limit;

    /// <summary>Whether any canary can be told from stable: not where stable itself may have been as bad as that.</summary>
    public bool CanTell => _limit < MostToldApart;

    /// <summary>The e-value so far: 1 says nothing, 1/alpha decides.</summary>
    public double Value => _mixture.Value;

    /// <summary>Takes into account what the canary did in a look.</summary>
    public void Observe(long requests, long bad)
    {
        if (requests == 0 || !CanTell)
        {
            return;
        }

        Span<double> gains = stackalloc double[Ratios.Length];
        for (var i = 0; i < gains.Length; i++)
        {
            var rate = Math.Min(MostToldApart, Ratios[i] * _limit);
            gains[i] = (bad * Math.Log(rate / _limit)) + ((requests - bad) * Math.Log((1 - rate) / (1 - _limit)));
        }

        _mixture.Multiply(gains);
    }

    /// <summary>A rate that the true one exceeds with probability <paramref name="delta"/> at most, whenever the counting stopped.</summary>
    public static double UpperBound(long requests, long bad, double delta)
    {
        // Thinned out alike, the counts say less and nothing else.
        var scale = Math.Max(1, requests / 1e9);
        var (n, x) = ((int)(requests / scale), (int)Math.Ceiling(bad / scale));
        var mixture = LogFactorial.Of(x) + LogFactorial.Of(n - x) - LogFactorial.Of(n + 1);
        var (low, high) = (n == 0 ? 0 : (double)x / n, 1.0);
        for (var i = 0; i < 100 && high - low > 1e-12; i++)
        {
            var rate = (low + high) / 2;
            var likelihood = (x * Math.Log(rate)) + ((n - x) * Math.Log(1 - rate));
            (low, high) = mixture - likelihood < -Math.Log(delta) ? (rate, high) : (low, rate);
        }

        return high;
    }
}
