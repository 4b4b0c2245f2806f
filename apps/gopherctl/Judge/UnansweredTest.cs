namespace GopherMesh.Gopherctl.Judge;

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
