namespace GopherMesh.Gopherctl.Judge;

/// <summary>
/// The evidence, by one metric, that the canary is not worse by more than the tolerance: an e-process against all pairs of rates (p, q) with
/// q &gt;= <see cref="Tolerance.Limit"/>(p), started again at every step. If in every look of the step the canary is that much worse,
/// its value reaches 1/beta at any time of the step, however many looks there are, with probability beta at most.
/// <para>
/// What a look adds: the e-variable of Turner, Ly and Grünwald (2024) for 2x2 tables: the likelihood if both versions had the rate that stable has
/// had in earlier looks, divided by the likelihood under the pair of rates that is hardest to tell from it
/// (<see cref="Tolerance.Closest"/>, by the look's observed share). Its mean is at most 1 under every pair that is worse by more than
/// the tolerance, because these pairs form a convex set; rates may differ from look to look. That the estimate comes from earlier looks alone, keeps
/// it so; a bad estimate makes the test slow and not wrong.
/// </para>
/// <para>
/// Assumed: given the numbers of requests, each fails independently. A look gives a fifth of the evidence at the most, and the rest is
/// thrown away, which can only make the test more careful: not one lucky second, nor an outage that both versions share, clears a step.
/// </para>
/// <para>
/// What a bad look takes away has no such limit, and would be won back fifth by fifth. So a hundredth of the bet waits, and is placed part by
/// part with later looks (<see cref="BeginningsMixture"/>): after a bad start the clearing takes two to three times the looks of a good one.
/// </para>
/// </summary>
internal sealed class ClearedTest
{
    private const int FewestLooks = 5;
    private const double AtFirst = 0.99;

    // Before stable's rate is known from so many requests, it is only estimated: a bet on a wrong rate loses much.
    private const int FewestRequests = 50;
    private const double MostEstimate = 0.99;

    private readonly Tolerance _tolerance;
    private readonly double _needed;
    private readonly double _mostOfLook;
    private BeginningsMixture _mixture = new(1, AtFirst);
    private long _stableRequests;
    private long _stableBad;
    private PairedTable _step;

    /// <summary>A test for one metric.</summary>
    /// <param name="tolerance">Which difference is too small to matter.</param>
    /// <param name="beta">How often a canary that is worse by more may be cleared at a step.</param>
    public ClearedTest(Tolerance tolerance, double beta)
    {
        _tolerance = tolerance;
        _needed = -Math.Log(beta);
        _mostOfLook = -Math.Log(AtFirst * beta) / FewestLooks;
    }

    /// <summary>How far the evidence of the step is: 0 at its beginning, below 0 when the canary looks worse, 1 and more when it is cleared.</summary>
    public double Progress { get; private set; }

    /// <summary>Whether the evidence has sufficed once in this step.</summary>
    public bool IsCleared { get; private set; }

    /// <summary>Stable's rate, as estimated from all looks of the rollout so far; 1 % before there are enough.</summary>
    public double Rate => _stableRequests < FewestRequests ? 0.5 / FewestRequests : Math.Min(MostEstimate, (_stableBad + 0.5) / (_stableRequests + 1));

    /// <summary>Forgets the evidence of the step before; the estimate of stable's rate stays.</summary>
    public void BeginStep() => (Progress, IsCleared, _step, _mixture) = (0, false, default, new(1, AtFirst));

    /// <summary>Takes a look's table into account; one without requests of both versions is not evidence, and changes nothing.</summary>
    public void Observe(in PairedTable table)
    {
        if (!table.IsComparison)
        {
            return;
        }

        if (_stableRequests >= FewestRequests)
        {
            Bet(table);
        }

        _stableRequests += table.StableRequests;
        _stableBad += table.StableBad;
        _step = new(
            _step.StableRequests + table.StableRequests, _step.StableBad + table.StableBad,
            _step.CanaryRequests + table.CanaryRequests, _step.CanaryBad + table.CanaryBad);
    }

    /// <summary>
    /// How many more requests of the canary the clearing needs by this metric, if the canary is as good as stable and the versions' shares
    /// stay: what is missing, divided by what a request adds on average. 0 once cleared.
    /// </summary>
    /// <param name="share">The canary's share of the requests, for as long as the step has seen none; 0 to 1.</param>
    public double Missing(double share)
    {
        var observed = _step.IsComparison ? _step.Share : share;
        if (IsCleared || observed is <= 0 or >= 1)
        {
            return IsCleared ? 0 : double.PositiveInfinity;
        }

        var rate = Rate;
        var (stable, canary) = _tolerance.Closest(rate, observed);
        var gain = ((1 - observed) * Divergence(rate, stable)) + (observed * Divergence(rate, canary));
        return (1 - Progress) * _needed / gain * observed;
    }

    private void Bet(in PairedTable table)
    {
        var rate = Rate;
        var (stable, canary) = _tolerance.Closest(rate, table.Share);
        var gain = LogRatio(rate, stable, table.StableRequests, table.StableBad) + LogRatio(rate, canary, table.CanaryRequests, table.CanaryBad);
        _mixture.Multiply([Math.Min(gain, _mostOfLook)]);
        Progress = Math.Log(_mixture.Value) / _needed;
        // The last of five equal parts must not miss by a rounding error.
        IsCleared |= Progress >= 1 - 1e-12;
    }

    private static double LogRatio(double rate, double other, long requests, long bad) =>
        (bad * Math.Log(rate / other)) + ((requests - bad) * Math.Log((1 - rate) / (1 - other)));

    private static double Divergence(double rate, double other) =>
        (rate * Math.Log(rate / other)) + ((1 - rate) * Math.Log((1 - rate) / (1 - other)));
}
