using System.Collections.Immutable;
using GopherMesh.Infra.Clusters;
using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Istio;
using GopherMesh.Infra.Mesh;
using GopherMesh.Infra.Security;
using GopherMesh.Infra.Settings;
using Pulumi;

namespace GopherMesh.Infra.Gophers;

/// <summary>gopher-requester: what is called from outside, and calls the distributor.</summary>
public sealed class Requester : ComponentResource
{
    // Written by the gateway, and by nobody after it: sidecars do not add their callers (Envoy, "x-forwarded-for": only with
    // use_remote_address, which Istio sets on gateways alone).
    private const string CallersAddress = "x-forwarded-for";

    /// <summary>Declares the service as <paramref name="settings"/> ask for it, behind <paramref name="security"/>.</summary>
    public Requester(StackSettings settings, GopherNamespace home, MeshSecurity security)
        : base("gopher-mesh:gophers:Requester", Names.Requester, home.ForComponent())
    {
        var (account, service) = GopherService.Declare(Names.Requester, home, this);
        Image = ImageOf(settings, home.Cluster);
        var workload = new Workload(
            Names.Requester, Names.Requester, null, Image, settings.Gophers.RequesterReplicas,
            [.. Environment(settings)], settings.Observability.Enabled);
        var policy = new DestinationRule(
            workload.Name,
            new DestinationRuleArgs
            {
                Metadata = home.Metadata(workload.Name, workload.Selector),
                Spec = new DestinationRuleSpecArgs
                {
                    Host = Names.Host(Names.Requester, home.Name),
                    TrafficPolicy = TrafficPolicies.Default(),
                },
            },
            new() { Parent = this, DependsOn = [home.Resource] });
        Ready = [service, policy, GopherDeployment.Declare(workload, home, this, [account, service, policy, .. security.Ready])];
        RegisterOutputs();
    }

    /// <summary>What a route to the requester depends on.</summary>
    public ImmutableArray<Resource> Ready { get; }

    /// <summary>The image that its pods run.</summary>
    public Input<string> Image { get; }

    private static IEnumerable<(string Name, string Value)> Environment(StackSettings settings)
    {
        yield return (GopherEnvironment.DistributorUrl, $"http://{Names.Host(Names.Distributor, settings.Gophers.Namespace)}");
        yield return (GopherEnvironment.DistributorTimeout, $"{Timeouts.RequesterPatienceMs}");
        yield return (GopherEnvironment.PropagatedHeaders, string.Join(',', [CallersAddress, .. Optional(settings.Rollout.PreviewHeader)]));
    }

    private static IEnumerable<string> Optional(string? header) => header is null ? [] : [header];

    private static Input<string> ImageOf(StackSettings settings, ClusterHandle cluster) =>
        settings.Gophers.RequesterImage is { Length: > 0 } image ? image : cluster.PublishedImage(Names.Requester);
}
