using System.Collections.Immutable;
using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Istio;
using GopherMesh.Infra.Routing;
using GopherMesh.Infra.Security;
using GopherMesh.Infra.Settings;
using Pulumi;
using Pulumi.Kubernetes.Core.V1;
using Pulumi.Kubernetes.Types.Inputs.Core.V1;

namespace GopherMesh.Infra.Gophers;

/// <summary>
/// A service of the mesh: its ServiceAccount and Service, a DestinationRule and a Deployment for each version, and the route to them.
/// </summary>
/// <remarks>
/// At every moment of an apply a route names only versions that exist: it is declared last, and is the first to change or be deleted.
/// </remarks>
public sealed class MeshService : ComponentResource
{
    /// <summary>Declares the service.</summary>
    /// <param name="name">Its name: that of its Service and of its pods' label <c>app</c>, and the first part of all other names.</param>
    /// <param name="args">What it is.</param>
    /// <param name="options">Options of the component; the provider is that of the service's namespace unless they name another.</param>
    /// <exception cref="ArgumentException">The args contradict each other, or nobody may call the service.</exception>
    public MeshService(string name, MeshServiceArgs args, ComponentResourceOptions? options = null)
        : base("gopher-mesh:gophers:MeshService", name, ComponentResourceOptions.Merge(args.Security.Home.ForComponent(), options))
    {
        var workloads = args.Workloads(name);
        var home = args.Security.Home;
        var inHome = new CustomResourceOptions { Parent = this, DependsOn = [home.Resource] };

        // Pods are not admitted without their account, and their proxies know a port's protocol from the Service.
        var account = new ServiceAccount(
            name, new ServiceAccountArgs { Metadata = home.Metadata(name), AutomountServiceAccountToken = false }, inHome);
        var service = new Service(name, new ServiceArgs { Metadata = home.Metadata(name), Spec = Spec(name) }, inHome);
        Resource[] before = [account, service, .. args.Security.Ready];
        var versions = workloads.Select(workload => new ServiceVersion(workload, home, this, before)).ToList();
        Images = workloads.ToImmutableSortedDictionary(workload => workload.Name, workload => workload.Image);

        _ = new VirtualService(
            name,
            new VirtualServiceArgs { Metadata = home.Metadata(name), Spec = Route(name, args) },
            new()
            {
                Parent = this,
                DependsOn =
                [
                    home.Resource,
                    .. args.Gateway is { } gateway ? [gateway.Resource] : Array.Empty<Resource>(),
                    service,
                    .. versions.SelectMany(version => version.Ready),
                ],
            });
        RegisterOutputs();
    }

    /// <summary>The image that each Deployment of the service runs, by the Deployment's name.</summary>
    public IReadOnlyDictionary<string, Input<string>> Images { get; }

    private static ServiceSpecArgs Spec(string name) => new()
    {
        Selector = new InputMap<string> { { Names.AppLabel, name } },
        Ports = new ServicePortArgs { Name = Names.HttpPort, Port = Names.ServicePort, TargetPort = Names.HttpPort },
    };

    private static VirtualServiceSpecArgs Route(string name, MeshServiceArgs args)
    {
        var host = Names.Host(name, args.Security.Home.Name);
        var plan = args.Rollout is { } rollout ? RoutingPlan.For(rollout) : null;
        return new()
        {
            Hosts = args.Gateway is { } gateway ? gateway.Hosts : host,
            Gateways = args.Gateway is { } ingress ? ingress.QualifiedName : Api.Mesh,
            Http = [.. new ServiceRoutes(host, Names.VersionCookie(name), args.Timeouts, plan, args.Gateway?.IsBehindTls ?? false).All()],
        };
    }
}

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
