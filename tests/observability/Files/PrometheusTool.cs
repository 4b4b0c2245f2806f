using System.Diagnostics;
using GopherMesh.Tests.Instruments;

namespace GopherMesh.Tests.Observability;

/// <summary>Prometheus' own checks (Debian's package prometheus).</summary>
internal static class PrometheusTool
{
    public const string Name = "promtool";

    /// <summary>Runs promtool, which ends by itself within seconds.</summary>
    /// <returns>Its exit code and its whole output.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Name, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync() + await error;
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }
}

/// <summary>A test that needs promtool; skipped, with the reason, where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PromtoolFactAttribute : FactAttribute
{
    public PromtoolFactAttribute() => Skip = RequiredProgram.SkipReason(PrometheusTool.Name, package: "prometheus");
}

/// <summary>A test of several cases that needs promtool; skipped, with the reason, where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PromtoolTheoryAttribute : TheoryAttribute
{
    public PromtoolTheoryAttribute() => Skip = RequiredProgram.SkipReason(PrometheusTool.Name, package: "prometheus");
}
