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
        Selections.Services,
        Selections.NetworkPolicies,
        Selections.Budgets,
        Selections.Mesh,
        OpenPolicies.Open,
        OpenPolicies.Unknown,
        ObjectMeta.DefaultNamespace,
        ObjectMeta.StableVersion,
        ObjectMeta.Labels,
        MeshReferences.Hosts,
        MeshReferences.Gateways,
        MeshReferences.Conflicts,
        MeshReferences.Unreachable,
        RouteLimits.Routes,
        RouteLimits.Ejection,
        MeshSettings.Injection,
        MeshSettings.Annotations,
        MeshSettings.PortNames,
        MeshSettings.Tls,
        MeshSettings.Tracing,
        NodePools.Rule,
        CloudSettings.Images,
        CloudSettings.ControlPlane,
        CloudSettings.Retention,
        CloudSettings.Network,
        CloudSettings.Keys,
        IamPolicies.Trust,
        IamPolicies.Grants,
    ];

    /// <summary>Holds a rendering to every rule.</summary>
    public static IReadOnlyList<Finding> Check(RenderedStack stack) =>
        [.. Rules.SelectMany(rule => rule.Violations(stack).Distinct().Select(violation => new Finding(rule, violation)))];
}
