using GopherMesh.Infra.Conventions;
using Pulumi;

namespace GopherMesh.Infra.Gophers;

/// <summary>A service, or one version of it, that runs as a Deployment.</summary>
/// <param name="Name">Name of the Deployment.</param>
/// <param name="Service">Name of the Service that it belongs to.</param>
/// <param name="Version">The version; null for a service that has only one.</param>
/// <param name="Image">The image.</param>
/// <param name="Replicas">How many pods.</param>
/// <param name="Environment">Variables beyond those that every gopher has.</param>
/// <param name="Reports">Whether its pods serve metrics and send spans.</param>
internal sealed record Workload(
    string Name, string Service, string? Version, Input<string> Image, int Replicas, IReadOnlyList<(string Name, string Value)> Environment, bool Reports)
{
    /// <summary>The labels that set its pods apart from all others.</summary>
    public Dictionary<string, string> Selector => Version is null
        ? new() { [Names.AppLabel] = Service }
        : new() { [Names.AppLabel] = Service, [Names.VersionLabel] = Version };
}
