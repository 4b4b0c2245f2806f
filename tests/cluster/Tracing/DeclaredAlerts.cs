using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster.Tracing;

/// <summary>The alert rules of observability/prometheus.</summary>
internal static class DeclaredAlerts
{
    private static readonly string Rules = Path.Combine(Repository.Root, "observability", "prometheus", "alerts.yaml");

    /// <summary>When an alert is raised.</summary>
    public static string Expression(string alert) =>
        (string)DeclaredObject.ToJson(File.ReadAllText(Rules))["groups"]!.AsArray()
            .SelectMany(group => group!["rules"]!.AsArray())
            .Single(rule => (string?)rule!["alert"] == alert)!["expr"]!;
}
