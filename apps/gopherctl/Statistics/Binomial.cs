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

/// <summary>The exact test of an observed share against a declared one.</summary>
internal static class ShareTest
{
    /// <summary>How often a correct split may be called wrong, over all that one rehearsal judges: once in 10,000.</summary>
    public const double FalseAlarm = 1e-4;

    /// <summary>The counts that agree with a declared share.</summary>
    /// <param name="requests">Requests in all.</param>
    /// <param name="share">The declared share, 0 to 1. At 0 and 1 only one count is right.</param>
    /// <param name="falseAlarm">How often a correct share may be refused.</param>
    public static (int Low, int High) Acceptance(int requests, double share, double falseAlarm = FalseAlarm) => share switch
    {
        <= 0 => (0, 0),
        >= 1 => (requests, requests),
        _ => new Binomial(requests, share).Acceptance(falseAlarm),
    };

    /// <summary>The probability that a version whose true share is <paramref name="actual"/> is refused.</summary>
    public static double Detection(int requests, double declared, double actual, double falseAlarm = FalseAlarm)
    {
        var (low, high) = Acceptance(requests, declared, falseAlarm);
        return actual switch
        {
            <= 0 => low > 0 ? 1 : 0,
            >= 1 => high < requests ? 1 : 0,
            _ => 1 - new Binomial(requests, actual).Between(low, high),
        };
    }
}

/// <summary>How many requests a rehearsal needs.</summary>
internal static class SampleSize
{
    /// <summary>The most that are sent by default.</summary>
    public const int Most = 20_000;

    /// <summary>
    /// The fewest that are sent by default: enough that a version which should not answer, and gets half a point, is seen 99 times of 100
    /// (1 - 0.995^1000 = 0.993), and that every pod gets some.
    /// </summary>
    public const int Fewest = 1_000;

    /// <summary>The probability with which an error that matters must be found.</summary>
    public const double Detection = 0.99;

    /// <summary>The error of a share that matters: 3 points, or half of a share (or of its complement) that is smaller than 6.</summary>
    private const double Error = 0.03;

    private const int Step = 100;

    /// <summary>The requests for shares that are judged together: the smallest multiple of 100 that finds an error in any of them.</summary>
    /// <param name="shares">The declared shares, each 0 to 1.</param>
    /// <param name="falseAlarm">How often each correct share may be refused.</param>
    public static int For(IReadOnlyCollection<double> shares, double falseAlarm = ShareTest.FalseAlarm) =>
        shares.Select(share => For(share, falseAlarm)).Append(Fewest).Max();

    private static int For(double share, double falseAlarm)
    {
        var requests = Fewest;
        while (requests < Most && !IsEnough(requests, share, falseAlarm))
        {
            requests += Step;
        }

        return requests;
    }

    private static bool IsEnough(int requests, double share, double falseAlarm) =>
        share is <= 0 or >= 1
        || (ShareTest.Detection(requests, share, share - Math.Min(Error, share / 2), falseAlarm) >= Detection
            && ShareTest.Detection(requests, share, share + Math.Min(Error, (1 - share) / 2), falseAlarm) >= Detection);
}
