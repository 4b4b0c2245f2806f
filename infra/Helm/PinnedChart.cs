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
