// The values of charts are nested maps.
global using Map = System.Collections.Generic.Dictionary<string, object>;

using Pulumi;
using Pulumi.Kubernetes.Helm.V3;
using Pulumi.Kubernetes.Types.Inputs.Helm.V3;

namespace GopherMesh.Infra.Helm;

/// <summary>A Helm chart at a pinned version.</summary>
/// <param name="Name">Its name in the repository.</param>
/// <param name="Repository">Where it is published.</param>
/// <param name="Version">The version; it brings the images that its maintainers tested with it.</param>
internal sealed record PinnedChart(string Name, string Repository, string Version)
{
    /// <summary>Declares a release of the chart.</summary>
    /// <param name="release">The release's name.</param>
    /// <param name="ns">The namespace that it is installed into.</param>
    /// <param name="values">What differs from the chart's own values.</param>
    /// <param name="options">Who declares it, and what it waits for.</param>
    /// <param name="timeoutSeconds">How long its pods may take to be ready: a new cluster first starts a node for them, and pulls the images.</param>
    public Release Install(string release, string ns, Map values, CustomResourceOptions options, int timeoutSeconds = 900) => new(
        release,
        new ReleaseArgs
        {
            // Without a name Pulumi generates one, and charts derive labels and the names of objects from it.
            Name = release,
            Namespace = ns,
            Chart = Name,
            Version = Version,
            RepositoryOpts = new RepositoryOptsArgs { Repo = Repository },
            Values = values,

            // A failed installation is removed: the next one could not repair a half-done one.
            Atomic = true,

            Timeout = timeoutSeconds,

            // Helm stores every revision as a Secret, and keeps all of them by default.
            MaxHistory = 5,
        },
        options);
}

/// <summary>Values of Helm charts.</summary>
internal static class Values
{
    /// <summary><paramref name="values"/> with <paramref name="changes"/> on top: maps are merged, anything else is replaced, as Helm does it.</summary>
    public static Map Merge(Map values, Map changes)
    {
        var merged = new Map(values);
        foreach (var (key, change) in changes)
        {
            merged[key] = merged.GetValueOrDefault(key) is Map inner && change is Map outer
                ? Merge(inner, outer)
                : change;
        }

        return merged;
    }

    /// <summary>A port of a Service, as charts of Istio take it.</summary>
    public static Map ServicePort(string name, int port, int target) => new()
    {
        ["name"] = name,
        ["port"] = port,
        ["protocol"] = "TCP",
        ["targetPort"] = target,
    };
}
