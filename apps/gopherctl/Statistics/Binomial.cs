namespace GopherMesh.Gopherctl.Statistics;

/// <summary>
/// The binomial distribution, computed exactly (sums of probabilities, no normal approximation, which is poor for small canaries):
/// how many of n independent requests a version gets that is chosen with probability p.
/// </summary>
/// <param name="requests">The number of requests, n &gt;= 0.</param>
/// <param name="share">The probability, strictly between 0 and 1.</param>
internal sealed class Binomial(int requests, double share)
{
    private readonly double _odds = share / (1 - share);

    /// <summary>P(X &lt;= count).</summary>
    public double AtMost(int count) => count < 0 ? 0 : count >= requests ? 1 : Tail(count, step: -1);

    /// <summary>P(X &gt;= count).</summary>
    public double AtLeast(int count) => count <= 0 ? 1 : count > requests ? 0 : Tail(count, step: +1);

    /// <summary>The probability of a count within both bounds, which may lie outside 0..n.</summary>
    public double Between(int low, int high) => low > high ? 0 : Math.Max(0, 1 - AtMost(low - 1) - AtLeast(high + 1));

    /// <summary>The counts that a two-sided test accepts: each side cuts off at most half of <paramref name="falseAlarm"/>.</summary>
    public (int Low, int High) Acceptance(double falseAlarm)
    {
        var (low, high) = (0, requests);
        for (var below = Probability(0); below <= falseAlarm / 2; below += Probability(low))
            low++;
        for (var above = Probability(requests); above <= falseAlarm / 2; above += Probability(high))
            high--;
        return (low, high);
    }

    /// <summary>P(X = count), for a count of 0..n.</summary>
    public double Probability(int count) => Math.Exp(
        LogFactorial.Of(requests) - LogFactorial.Of(count) - LogFactorial.Of(requests - count)
        + (count * Math.Log(share)) + ((requests - count) * Math.Log(1 - share)));

    // Summed from the count outwards by the ratio of neighbours, until what follows no longer changes the sum. On the side of the mean
    // the terms still grow, so that a small one is no reason to stop.
    private double Tail(int count, int step)
    {
        var (sum, term) = (0.0, Probability(count));
        for (var k = count; k >= 0 && k <= requests; k += step)
        {
            sum += term;
            var leavesTheMean = step > 0 ? k > requests * share : k < requests * share;
            if (leavesTheMean && term < sum * 1e-17)
                break;
            // A term that underflowed to 0 could never grow again.
            term = term > 0 ? term * Ratio(k, step) : InRange(k + step) ? Probability(k + step) : 0;
        }
        return Math.Min(1, sum);
    }

    private double Ratio(int k, int step) => step > 0 ? (requests - k) / (k + 1.0) * _odds : k / (requests - k + 1.0) / _odds;

    private bool InRange(int k) => k >= 0 && k <= requests;
}
