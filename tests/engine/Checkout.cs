using System.Globalization;

// One engine, one account and one cluster for all.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace GopherMesh.Tests.Engine;

/// <summary>The copy of this repository that the tests deploy, so that they may change its stack file and its state.</summary>
internal static class Checkout
{
    private const string Variable = "GOPHER_ENGINE_CHECKOUT";

    /// <summary>Why the tests are skipped; null where tests/engine/run has started an engine.</summary>
    public static string? SkipReason { get; } =
        Environment.GetEnvironmentVariable(Variable) is null ? "there is no engine here; run tests/engine/run CLUSTER ENGINE" : null;

    public static string Root => Environment.GetEnvironmentVariable(Variable)
        ?? throw new InvalidOperationException($"{Variable} is not set; tests/engine/run sets it");

    /// <summary>A folder beside the copy, for states and logs.</summary>
    public static string Work => Path.Combine(Root, "..", "runs");

    /// <summary>Writes a line with what was seen, for whoever waits for the run.</summary>
    public static void Report(FormattableString line) =>
        File.AppendAllText(Path.Combine(Work, "report"), $"{DateTime.UtcNow:HH:mm:ss} {line.ToString(CultureInfo.InvariantCulture)}\n");
}

/// <summary>A fact that needs the real engine: skipped, with the reason, where tests/engine/run has not started one.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class EngineFactAttribute : FactAttribute
{
    public EngineFactAttribute() => Skip = Checkout.SkipReason;
}
