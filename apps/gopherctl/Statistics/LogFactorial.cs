namespace GopherMesh.Gopherctl.Statistics;

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
