using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Cluster.Harness;

/// <summary>istioctl, on the cluster under test.</summary>
internal static class Istioctl
{
    /// <summary>What Istio's own analysis of the live system finds: one object for each message.</summary>
    public static async Task<IReadOnlyList<JsonNode>> AnalyzeAsync()
    {
        // 79: something was found at or above the failure threshold, which the tests judge themselves.
        var result = await Command.TryAsync("istioctl", "--context", ClusterSettings.Context, "analyze", "--all-namespaces", "--output", "json");
        if (result.ExitCode is not 0 and not 79)
            throw new InvalidOperationException($"istioctl analyze ended with {result.ExitCode}: {result.Errors}");
        // Its own log lines come first.
        return [.. JsonNode.Parse(("\n" + result.Output)[(result.Output.IndexOf("\n[", StringComparison.Ordinal) + 1)..])!.AsArray().Select(message => message!)];
    }
}
