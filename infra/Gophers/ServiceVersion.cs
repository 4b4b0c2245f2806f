using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Istio;
using GopherMesh.Infra.Mesh;
using Pulumi;

namespace GopherMesh.Infra.Gophers;

/// <summary>One version of a service, or all of a service without versions: its DestinationRule, then its pods.</summary>
/// <remarks>
/// Each version has a DestinationRule of its own, which Istio merges with the others of the host: to add or remove a version changes no
/// other one. A route to the version depends on all of it.
/// </remarks>
internal sealed class ServiceVersion : ComponentResource
{
    public ServiceVersion(GopherWorkload workload, GopherNamespace home, MeshService parent, params IEnumerable<Resource> after)
        : base("gopher-mesh:gophers:ServiceVersion", workload.Name, new ComponentResourceOptions { Parent = parent })
    {
        var policy = new DestinationRule(
            workload.Name,
            new DestinationRuleArgs { Metadata = home.Metadata(workload.Name, workload.Selector), Spec = Rule(workload, home) },
            new() { Parent = this, DependsOn = [home.Resource] });
        var pods = GopherDeployment.Declare(workload, home, this, [.. after, policy]);
        Ready = workload.Scaling is { } scaling ? [policy, pods, scaling.Declare(workload, pods, home, this)] : [policy, pods];
        RegisterOutputs();
    }

    /// <summary>What a route to the version needs: the rule, the pods and, where it has one, their autoscaler.</summary>
    public IReadOnlyList<Resource> Ready { get; }

    // The policy belongs to the subset, so that a failing canary uses up none of the stable version's limits.
    private static DestinationRuleSpecArgs Rule(GopherWorkload workload, GopherNamespace home)
    {
        var host = Names.Host(workload.Service, home.Name);
        return workload.Version is { } version
            ? new()
            {
                Host = host,
                Subsets = new SubsetArgs
                {
                    Name = version,
                    Labels = new InputMap<string> { { Names.VersionLabel, version } },
                    TrafficPolicy = TrafficPolicies.Default(),
                },
            }
            : new() { Host = host, TrafficPolicy = TrafficPolicies.Default() };
    }
}
