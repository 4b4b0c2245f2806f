using System.Collections.Immutable;
using System.Globalization;

namespace GopherMesh.Infra.Settings;

/// <summary>
/// How <c>gopherctl rollout</c> brings a canary from the dark launch to promotion, and how its judge decides. The program declares
/// nothing of it: it checks these keys with all others, and gopherctl reads them.
/// </summary>
/// <param name="Steps">Weights of the steps in percent, ascending, the last 100.</param>
/// <param name="Gates">Weights in percent beyond which somebody has to agree; 0 means before the canary's first answer.</param>
/// <param name="DeadlineMinutes">How long a stage may wait for evidence.</param>
/// <param name="WithoutEvidence">What is done when that time is over.</param>
/// <param name="BakeSeconds">How long the canary answers every request before it is promoted.</param>
/// <param name="WarmUpSeconds">How long after its first request a canary's latency is not judged.</param>
/// <param name="Tolerance">Percentage points by which a canary may fail more often than the stable version.</param>
/// <param name="LatencyTolerance">The same of the requests slower than each latency bound.</param>
/// <param name="HealthyRollouts">At most one in so many rollouts of healthy canaries is taken back.</param>
/// <param name="BadSteps">At most one in so many steps of canaries that are worse by more than the tolerance is cleared.</param>
public sealed record ProgressSettings(
    ImmutableArray<int> Steps,
    ImmutableArray<int> Gates,
    int DeadlineMinutes,
    WithoutEvidence WithoutEvidence,
    int BakeSeconds,
    int WarmUpSeconds,
    double Tolerance,
    double LatencyTolerance,
    int HealthyRollouts,
    int BadSteps)
{
    private static readonly SettingKey<int> WarmUpKey = new("rolloutWarmUpSeconds", "10", Parse.Number(0, 3_600));

    private static readonly SettingKey<double> ToleranceKey = new("rolloutTolerance", "1", Points);

    private static readonly SettingKey<double> LatencyToleranceKey = new("rolloutLatencyTolerance", "5", Points);

    private static readonly SettingKey<int> HealthyRolloutsKey = new("rolloutFalseAlarms", "1000", Parse.Number(2, 1_000_000));

    private static readonly SettingKey<int> BadStepsKey = new("rolloutMisses", "100", Parse.Number(2, 1_000_000));

    /// <summary>The weights of the steps.</summary>
    public static SettingKey<ImmutableArray<int>> StepsKey { get; } = new("rolloutSteps", "5,10,25,50,100", ParseSteps);

    /// <summary>The weights beyond which somebody has to agree.</summary>
    public static SettingKey<ImmutableArray<int>> GatesKey { get; } = new("rolloutGates", "", ParseGates);

    /// <summary>How long a stage may wait for evidence, in minutes.</summary>
    public static SettingKey<int> DeadlineKey { get; } = new("rolloutDeadlineMinutes", "30", Parse.Number(1, 10_000));

    /// <summary>What is done when that time is over.</summary>
    public static SettingKey<WithoutEvidence> WithoutEvidenceKey { get; } = new("rolloutWithoutEvidence", "hold", Parse.OneOf<WithoutEvidence>());

    /// <summary>How long the canary answers every request before it is promoted, in seconds.</summary>
    public static SettingKey<int> BakeKey { get; } = new("rolloutBakeSeconds", "60", Parse.Number(0, 86_400));

    internal static ProgressSettings Read(SettingsReader from) => new(
        Steps: from.Read(StepsKey),
        Gates: from.Read(GatesKey),
        DeadlineMinutes: from.Read(DeadlineKey),
        WithoutEvidence: from.Read(WithoutEvidenceKey),
        BakeSeconds: from.Read(BakeKey),
        WarmUpSeconds: from.Read(WarmUpKey),
        Tolerance: from.Read(ToleranceKey),
        LatencyTolerance: from.Read(LatencyToleranceKey),
        HealthyRollouts: from.Read(HealthyRolloutsKey),
        BadSteps: from.Read(BadStepsKey));

    private static Parsed<ImmutableArray<int>> ParseSteps(string text) =>
        Percents(text) is { } steps && steps is [> 0, ..] and [.., 100] && IsAscending(steps)
            ? steps
            : new Problem("use ascending whole numbers from 1 to 100 between commas, the last 100, such as 5,25,100");

    private static Parsed<ImmutableArray<int>> ParseGates(string text) =>
        text.Length == 0 ? ImmutableArray<int>.Empty
        : Percents(text) is { } gates && IsAscending(gates) ? gates
        : new Problem("""use ascending whole numbers from 0 to 100 between commas, such as 0,50, or "" for none""");

    private static bool IsAscending(ImmutableArray<int> numbers) => numbers.SequenceEqual(numbers.Distinct().Order());

    private static ImmutableArray<int>? Percents(string text)
    {
        var numbers = text.Split(',').Select(Parse.Number(0, 100).Invoke).ToList();
        return numbers.TrueForAll(number => number.Problems.IsEmpty) ? [.. numbers.Select(number => number.Value)] : null;
    }

    // The schema knows no fractions, so these are strings.
    private static Parsed<double> Points(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var points) && points is >= 0.01 and <= 50
            ? points
            : new Problem("use a number from 0.01 to 50, such as 0.5");
}

/// <summary>What a rollout does when a stage's deadline passes without enough evidence.</summary>
public enum WithoutEvidence
{
    /// <summary>The weight stays, and a person decides.</summary>
    Hold,

    /// <summary>The canary goes back to weight 0.</summary>
    GoBack,

    /// <summary>The next stage begins.</summary>
    GoOn,
}
