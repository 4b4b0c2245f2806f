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
    ];

    /// <summary>Holds a rendering to every rule.</summary>
    public static IReadOnlyList<Finding> Check(RenderedStack stack) =>
        [.. Rules.SelectMany(rule => rule.Violations(stack).Distinct().Select(violation => new Finding(rule, violation)))];
}
