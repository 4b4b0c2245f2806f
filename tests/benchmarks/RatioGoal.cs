using System.Globalization;

namespace GopherMesh.Benchmarks;

/// <summary>What a ratio ought to be.</summary>
/// <param name="Bound">The ratio's bound.</param>
/// <param name="IsLeast">Whether the bound is the least that will do, or the most.</param>
internal sealed record RatioGoal(double Bound, bool IsLeast)
{
    public static RatioGoal AtLeast(double bound) => new(bound, IsLeast: true);

    public static RatioGoal AtMost(double bound) => new(bound, IsLeast: false);

    /// <summary>A ratio, its aim, and whether it is met, e.g. <c>0.97 (aim: at least 0.90, met)</c>.</summary>
    public string Judge(double ratio) => string.Create(CultureInfo.InvariantCulture,
        $"{ratio:0.00} (aim: at {(IsLeast ? "least" : "most")} {Bound:0.00}, {(IsMet(ratio) ? "met" : "missed")})");

    private bool IsMet(double ratio) => IsLeast ? ratio >= Bound : ratio <= Bound;
}
