using GopherMesh.Infra.Clusters;
using GopherMesh.Infra.Mesh;
using GopherMesh.Infra.Settings;

namespace GopherMesh.Infra.Observability;

/// <summary>The observability tools and the telemetry of the proxies, as the settings say.</summary>
internal static class ObservabilityStack
{
    /// <summary>Declares the tools and what the proxies report to them.</summary>
    public static void Declare(StackSettings settings, ClusterHandle cluster, IstioMesh mesh, GopherNamespace gophers)
    {
        if (settings.Observability.Enabled)
        {
            _ = new ObservabilityTools(settings, cluster, mesh, gophers.Resource);
        }

        MeshTelemetry.Declare(settings.Observability, cluster, mesh.Gateway);
    }

    /// <summary>The commands that open each tool, by its name; null without tools.</summary>
    public static Dictionary<string, string>? Commands(StackSettings settings) =>
        settings.Observability.Enabled ? ObservabilityTools.Commands(settings) : null;
}
