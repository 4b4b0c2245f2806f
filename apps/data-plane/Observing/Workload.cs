using System.Text.RegularExpressions;

namespace GopherMesh.DataPlane.Observing;

/// <summary>A pod as Istio's metrics name it; what is not known is <c>unknown</c>.</summary>
internal sealed partial record Workload(string Name, string Namespace, string CanonicalService, string App, string Version)
{
    public static Workload Unknown { get; } = new("unknown", "unknown", "unknown", "unknown", "unknown");

    /// <summary>Labels decide in the order in which Istio looks at them (istio pkg/model/proxy.go and pilot/pkg/util: canonical service and revision).</summary>
    public static Workload Of(string pod, string ns, IReadOnlyDictionary<string, string> labels)
    {
        var name = DeploymentPod().Replace(pod, "$1");
        return new(
            name,
            ns,
            First(labels, "service.istio.io/canonical-name", "app.kubernetes.io/name", "app") ?? name,
            First(labels, "app") ?? "unknown",
            First(labels, "service.istio.io/canonical-revision", "app.kubernetes.io/version", "version") ?? "latest");
    }

    private static string? First(IReadOnlyDictionary<string, string> labels, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (labels.TryGetValue(key, out var value))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>A Deployment's pod: the Deployment's name, the hash of its template, five random characters.</summary>
    [GeneratedRegex(@"\A(.+)-[a-z0-9]+-[a-z0-9]{5}\z")]
    private static partial Regex DeploymentPod();
}
