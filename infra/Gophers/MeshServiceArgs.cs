using System.Collections.Immutable;
using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Istio;
using GopherMesh.Infra.Routing;
using GopherMesh.Infra.Security;
using GopherMesh.Infra.Settings;
using Pulumi;

namespace GopherMesh.Infra.Gophers;

/// <summary>What a service is. Either <see cref="Image"/> or <see cref="Rollout"/> is set.</summary>
public sealed class MeshServiceArgs : ResourceArgs
{
    /// <summary>The policies that protect the service. Their calls name at least one caller of it.</summary>
    public required MeshSecurity Security { get; init; }

    /// <summary>The image of a service without versions; empty: built from this repository, on a cluster that the stack creates.</summary>
    public string? Image { get; init; }

    /// <summary>The versions of the service, their images and their shares of the requests.</summary>
    public RolloutSettings? Rollout { get; init; }

    /// <summary>Pods of the service, or of each of its versions; at least 1.</summary>
    public required int Replicas { get; init; }

    /// <summary>The most pods of the service, or of each of its versions, among which an autoscaler chooses by CPU; 0: none does.</summary>
    public int MaxReplicas { get; init; }

    /// <summary>The weights that a canary goes through, in percent, ascending, the last 100: its autoscaler has pods ready for the next one.</summary>
    public ImmutableArray<int> RolloutSteps { get; init; } = [100];

    /// <summary>How long a caller waits for an answer.</summary>
    public required Timeouts Timeouts { get; init; }

    /// <summary>Environment variables of its containers, beyond those that every service gets.</summary>
    public IReadOnlyList<(string Name, string Value)> Environment { get; init; } = [];

    /// <summary>The Gateway whose hosts lead to the service; null for a service that is called from within the mesh only.</summary>
    /// <remarks>One service has a Gateway's hosts: Istio does not define which of two routes for the same host would win.</remarks>
    public MeshGateway? Gateway { get; init; }

    /// <summary>What runs: one workload, or one for each deployed version.</summary>
    /// <exception cref="ArgumentException">The args contradict each other, or nobody may call the service.</exception>
    internal IReadOnlyList<GopherWorkload> Workloads(string service)
    {
        if (Security.Calls.All(call => call.To != service))
        {
            throw new ArgumentException($"Nobody may call {service}: give MeshSecurity an AllowedCall to it.");
        }

        if (MaxReplicas != 0 && MaxReplicas <= Replicas)
        {
            throw new ArgumentException($"{service} has {Replicas} pods, and at most {MaxReplicas}: set MaxReplicas above Replicas, or leave it out.");
        }

        return (Image, Rollout) switch
        {
            ({ } image, null) => [Workload(service, version: null, image)],
            (null, { } rollout) => [.. rollout.Deployed.Select(version => Workload(service, version, rollout.Versions[version]))],
            _ => throw new ArgumentException($"{service} has both an image and versions, or neither: set Image or Rollout."),
        };
    }

    private GopherWorkload Workload(string service, string? version, string image) => new(
        service,
        version,
        image.Length > 0 ? image : Security.Home.Cluster.PublishedImage(service),
        Replicas,
        MaxReplicas > 0 ? Autoscaling.For(Replicas, MaxReplicas, Rollout, RolloutSteps, version) : null,
        version is null ? Environment : [(GopherEnvironment.Version, version), .. Environment],
        Security.Home.HasTelemetry,
        Security.Calls.Any(call => call.From == Caller.Service(service, Security.Home.Name)),
        Security.WithAwsRole.Contains(service));
}
