using System.Diagnostics;
using System.Text.Json;
using GopherMesh.Tests.Instruments;

namespace GopherMesh.Tests.Observability;

/// <summary>The scripts in <c>grafana/</c>, which use Prometheus' and Grafana's own packages (npm) in Node.</summary>
internal static class NodeScript
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "observability", "grafana");

    /// <summary>Why a test that needs them is skipped; null where Node and the packages are there.</summary>
    public static string? SkipReason { get; } =
        RequiredProgram.SkipReason("node", package: "nodejs")
        ?? (Directory.Exists(Path.Combine(Folder, "node_modules")) ? null : $"npm ci was not run in {Folder}");

    /// <summary>Runs a script with <paramref name="input"/> as JSON; it ends by itself within seconds.</summary>
    /// <returns>What it wrote, from JSON.</returns>
    public static async Task<T> RunAsync<T>(string script, object input)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(Folder, script)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(JsonSerializer.Serialize(input));
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await error);
        return JsonSerializer.Deserialize<T>(await output, JsonSerializerOptions.Web)!;
    }
}

/// <summary>A test that needs Node and the npm packages; skipped, with the reason, where they are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute() => Skip = NodeScript.SkipReason;
}

/// <summary>A test that needs Node, the npm packages and Prometheus; skipped, with the reason, where one is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NodeAndPrometheusFactAttribute : FactAttribute
{
    public NodeAndPrometheusFactAttribute() => Skip = NodeScript.SkipReason ?? LocalPrometheus.SkipReason;
}

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
