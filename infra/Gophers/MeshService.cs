using System.Collections.Immutable;
using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Istio;
using GopherMesh.Infra.Routing;
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
