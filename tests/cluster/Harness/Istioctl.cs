using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Cluster.Harness;

/// <summary>istioctl, on the cluster under test.</summary>
internal static class Istioctl
{
    /// <summary>What Istio's own analysis of the live system finds: one object for each message.</summary>
    /// <param name="planted">Objects that are taken for applied.</param>
    public static async Task<IReadOnlyList<JsonNode>> AnalyzeAsync(params IReadOnlyList<JsonObject> planted)
    {
        string[] files = planted.Count > 0 ? ["-"] : [];
        var result = await Command.TryWithAsync(
            string.Join("\n---\n", planted.Select(item => item.ToJsonString())),
            "istioctl",
            ["--context", ClusterSettings.Context, "analyze", "--all-namespaces", "--output", "json", .. files]);
        // 79: something was found at or above the failure threshold, which the tests judge themselves.
        if (result.ExitCode is not 0 and not 79)
        {
            throw new InvalidOperationException($"istioctl analyze ended with {result.ExitCode}: {result.Errors}");
        }
        // Its own log lines come first.
        var output = "\n" + result.Output;
        var messages = JsonNode.Parse(output[output.IndexOf("\n[", StringComparison.Ordinal)..])!.AsArray();
        return [.. messages.Select(message => message!)];
    }
}
