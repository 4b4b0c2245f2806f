namespace GopherMesh.Gopherctl.Judge;

/// <summary>
/// The evidence, by one metric, that the canary is worse than stable: an e-process. If in no look the canary is worse, its
/// <see cref="Value"/> reaches 1/alpha at any time, however many looks there are, with probability alpha at most (Ville's inequality).
/// <para>
/// What a look adds: let n be the requests of the canary, N those of both, x the bad requests of both, y those of the canary. If the canary is
/// no worse, y given (n, N, x) is at most hypergeometric (stochastically). For a ratio r &gt; 1, r^y divided by the mean of r^y is then an
/// e-variable: its mean is at most 1. In place of the exact mean stands the smaller one of two bounds that are never below it (Hoeffding,
/// 1963): (1 + (n/N)(r - 1))^x and (1 + (x/N)(r - 1))^n. The first says "given a failure, the chance that it was the canary's is at most its share".
/// </para>
/// <para>
/// It is exact in either of two cases. (1) Given the numbers of requests, each fails independently, with a probability that may change with
/// time and is not larger for the canary. (2) Which version gets a request is drawn independently of everything, and no request fails because
/// the canary gets it; failures may then come in any bursts. Numbers of requests may be random, shares may change, and only the
/// observed share is used, never the declared weight. Copies (mirrored requests) are case (1): that both copies of a request tend to fail
/// together makes the test more careful.
/// </para>
/// <para>Over looks the e-variables are multiplied, for each of several ratios r (<see cref="BeginningsMixture"/>).</para>
/// </summary>
internal sealed class WorseTest
{
    // How many times worse the canary may be. Beyond the last nothing is gained: a failure counts 1/share at the most.
    private static readonly double[] Ratios = [1.2, 1.4, 1.7, 2, 2.5, 3.5, 5, 9, 20, 60, 300, 3000];
    private static readonly double[] LogRatios = [.. Ratios.Select(ratio => Math.Log(ratio))];

    private readonly BeginningsMixture _mixture = new(Ratios.Length);

    /// <summary>The e-value so far: 1 says nothing, 1/alpha decides.</summary>
    public double Value => _mixture.Value;

    /// <summary>Says that the next look is the first of a step.</summary>
    public void BeginStep() => _mixture.BeginStep();

    /// <summary>Takes a look's table into account; one without requests of both versions is not evidence, and changes nothing.</summary>
    public void Observe(in PairedTable table)
    {
        if (!table.IsComparison)
        {
            return;
        }

        if (table.Bad == 0)
        {
            _mixture.Pass();
            return;
        }
        // Of the two bounds the one with fewer trials is the smaller.
        var trials = Math.Min(table.Bad, table.CanaryRequests);
        var chance = Math.Max(table.Bad, table.CanaryRequests) / (double)table.Requests;
        Span<double> gains = stackalloc double[Ratios.Length];
        for (var i = 0; i < gains.Length; i++)
        {
            gains[i] = (table.CanaryBad * LogRatios[i]) - (trials * Math.Log(1 + (chance * (Ratios[i] - 1))));
        }

        _mixture.Multiply(gains);
    }
}

/// <summary>
/// The evidence that the canary answers fewer requests than the declared weight sends to it: it hangs, or its counts are missing. An e-process
/// against "each request that ended was the canary's with a probability of the weight at least, independently": its value reaches 1/alpha with
/// probability alpha at most. That holds where a proxy draws the version for each request and the counts of both versions are of the same
/// instant; it does not hold for callers that stick to a version, nor for counters that are read seconds apart. It is not a part of the verdict.
/// </summary>
internal sealed class UnansweredTest
{
    // The part of its requests that a hanging canary may still answer.
    private static readonly double[] Parts = [0.5, 0.2, 0.02];

    private readonly BeginningsMixture _mixture = new(Parts.Length);

    /// <summary>The e-value so far: 1 says nothing.</summary>
    public double Value => _mixture.Value;

    /// <summary>Says that the next look is the first of a step.</summary>
    public void BeginStep() => _mixture.BeginStep();

    /// <summary>Takes a look into account.</summary>
    /// <param name="weight">The declared share, above 0 and below 1.</param>
    /// <param name="stable">Requests of stable that have ended.</param>
    /// <param name="canary">Requests of the canary that have ended.</param>
    public void Observe(double weight, long stable, long canary)
    {
        Span<double> gains = stackalloc double[Parts.Length];
        for (var i = 0; i < gains.Length; i++)
        {
            gains[i] = (canary * Math.Log(Parts[i])) - ((stable + canary) * Math.Log(1 - (weight * (1 - Parts[i]))));
        }

        _mixture.Multiply(gains);
    }
}
