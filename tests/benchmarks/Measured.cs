using System.Globalization;

namespace GopherMesh.Benchmarks;

/// <summary>What a load saw.</summary>
/// <param name="PerSecond">Requests answered a second.</param>
/// <param name="P50">The latency of half of them.</param>
/// <param name="P99">The latency of all but one in a hundred.</param>
internal sealed record Measured(double PerSecond, TimeSpan P50, TimeSpan P99)
{
    /// <summary>The round in the middle, by requests per second: a single disturbed round decides nothing.</summary>
    public static Measured Median(IEnumerable<Measured> rounds) => rounds.OrderBy(round => round.PerSecond).ToList() is var sorted ? sorted[sorted.Count / 2] : null!;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{PerSecond,8:0} requests/s, p50 {P50.TotalMilliseconds:0.00} ms, p99 {P99.TotalMilliseconds:0.00} ms");
}
