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
    public double AtMost(int count) => count < requests * share ? Tail(count, step: -1) : 1 - Tail(count + 1, step: +1);

    /// <summary>P(X &gt;= count).</summary>
    public double AtLeast(int count) => count > requests * share ? Tail(count, step: +1) : 1 - Tail(count - 1, step: -1);

    /// <summary>The probability of a count within both bounds, which may lie outside 0..n.</summary>
    public double Between(int low, int high) => low > high ? 0 : Math.Max(0, 1 - AtMost(low - 1) - AtLeast(high + 1));

    /// <summary>The counts that a two-sided test accepts: each side cuts off at most half of <paramref name="falseAlarm"/>.</summary>
    public (int Low, int High) Acceptance(double falseAlarm)
    {
        var (low, high) = (0, requests);
        for (var below = Probability(0); below <= falseAlarm / 2; below += Probability(low))
        {
            low++;
        }

        for (var above = Probability(requests); above <= falseAlarm / 2; above += Probability(high))
        {
            high--;
        }

        return (low, high);
    }

    /// <summary>P(X = count), for a count of 0..n.</summary>
    public double Probability(int count) => Math.Exp(
        LogFactorial.Of(requests) - LogFactorial.Of(count) - LogFactorial.Of(requests - count)
        + (count * Math.Log(share)) + ((requests - count) * Math.Log(1 - share)));

    // Summed away from the mean, where each term is smaller than the one before, until what follows no longer changes the sum.
    private double Tail(int count, int step)
    {
        var sum = 0.0;
        var term = count >= 0 && count <= requests ? Probability(count) : 0;
        for (var k = count; term > sum * 1e-17; k += step)
        {
            sum += term;
            term *= step > 0 ? (requests - k) / (k + 1.0) * _odds : k / (requests - k + 1.0) / _odds;
        }

        return sum;
    }
}

/// <summary>ln(n!), which the base class library lacks: summed for small n, by Stirling's series above (error below 1e-15 there).</summary>
internal static class LogFactorial
{
    private static readonly double[] Small = Summed(256);

    /// <summary>ln(n!) for n &gt;= 0.</summary>
    public static double Of(int n)
    {
        if (n < Small.Length)
        {
            return Small[n];
        }

        double x = n;
        var square = x * x;
        var series = (1.0 / 12) - (((1.0 / 360) - (1 / (1260 * square))) / square);
        return ((x + 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI)) + (series / x);
    }

    private static double[] Summed(int count)
    {
        var sums = new double[count];
        for (var n = 2; n < count; n++)
        {
            sums[n] = sums[n - 1] + Math.Log(n);
        }

        return sums;
    }
}
