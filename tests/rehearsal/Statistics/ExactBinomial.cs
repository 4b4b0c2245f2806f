using System.Numerics;

namespace GopherMesh.Tests.Rehearsal.Statistics;

/// <summary>The binomial distribution in whole numbers, as an oracle: slow, and without any rounding before the last division.</summary>
internal static class ExactBinomial
{
    /// <summary>P(low &lt;= X &lt;= high) for a share of percent/100.</summary>
    public static double Between(int requests, int percent, int low, int high)
    {
        var sum = BigInteger.Zero;
        var choose = BigInteger.One;
        for (var k = 0; k <= Math.Min(high, requests); k++)
        {
            if (k >= low)
            {
                sum += choose * BigInteger.Pow(percent, k) * BigInteger.Pow(100 - percent, requests - k);
            }

            choose = choose * (requests - k) / (k + 1);
        }

        var scale = BigInteger.Pow(10, 30);
        return (double)(sum * scale / BigInteger.Pow(100, requests)) / 1e30;
    }
}
