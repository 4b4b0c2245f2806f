using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Check.Rules;

namespace GopherMesh.Gopherctl.Check;

/// <summary>All rules.</summary>
internal static class Policy
{
    /// <summary>The rules, in the order of reports.</summary>
    public static IReadOnlyList<PolicyRule> Rules { get; } =
    [
        PublicApi.Rule,
        OpenSecurityGroup.Rule,
        OpenLoadBalancer.Rule,
        Encryption.Rule,
        PlainTextSecret.Rule,
        MutableImageTag.Rule,
        RootContainer.Rule,
        PrivilegedContainer.Rule,
        ResourceLimits.Rule,
        DeniedByIstio.Rule,
        UnknownSubset.Rule,
        EmptySubset.Rule,
        UnqualifiedHost.Rule,
        UnseenRule.Rule,
        PlainTextTraffic.Rule,
        DeletionOrder.Rule,
        OutlivesDestroy.Rule,
        UnownedLogGroup.Rule,
        Availability.Probes,
        Availability.Start,
        Availability.Replicas,
        Availability.Spread,
        Availability.RollingUpdate,
        Availability.Autoscaling,
        PodSettings.Template,
        PodSettings.ServiceAccount,
        PodSettings.Environment,
        PodSettings.ContainerPorts,
        PodConsistency.Times,
        PodConsistency.Parts,
        Scheduling.Nodes,
        Scheduling.Names,
        Selections.Services,
        Selections.NetworkPolicies,
        NetworkReach.Needs,
        NetworkReach.Default,
        Selections.Budgets,
        Selections.Mesh,
        OpenPolicies.Open,
        OpenPolicies.Unknown,
        ObjectMeta.DefaultNamespace,
        ObjectMeta.StableVersion,
        ObjectMeta.Labels,
        PodSecurity.Rule,
        MeshReferences.Hosts,
        MeshReferences.Delegates,
        MeshReferences.Gateways,
        GatewayServers.Protocols,
        GatewayServers.Credentials,
        MeshScope.Imports,
        MeshScope.Addresses,
        MeshScope.Callers,
        MeshReferences.Conflicts,
        MeshReferences.Unreachable,
        RouteLimits.Routes,
        RouteLimits.Ejection,
        MeshSettings.Injection,
        MeshSettings.Annotations,
        MeshSettings.PortNames,
        MeshSettings.Tls,
        MeshSettings.Tracing,
        Charts.Versions,
        NodePools.Rule,
        NodePools.Zones,
        CloudSettings.Images,
        CloudSettings.ControlPlane,
        CloudSettings.Retention,
        CloudSettings.Memory,
        CloudSettings.Network,
        CloudSettings.Keys,
        IamPolicies.Trust,
        IamPolicies.Grants,
    ];

    /// <summary>Holds a rendering to every rule.</summary>
    public static IReadOnlyList<Finding> Check(RenderedStack stack) =>
        [.. Rules.SelectMany(rule => rule.Violations(stack).Distinct().Select(violation => new Finding(rule, violation)))];
}
