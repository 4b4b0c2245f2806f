using Pulumi;
using Pulumi.Kubernetes.ApiExtensions;
using CustomResource = Pulumi.Kubernetes.ApiExtensions.CustomResource;

namespace GopherMesh.Infra.Istio;

/// <summary>Which requests a workload accepts, and from whom. Once a policy that allows applies to a workload, every request that no policy allows is refused.</summary>
public sealed class AuthorizationPolicy(string name, AuthorizationPolicyArgs args, CustomResourceOptions? options = null) : CustomResource(name, args, options)
{
    /// <summary>Its type, as Pulumi names it.</summary>
    public const string Token = $"kubernetes:{Api.Security}:AuthorizationPolicy";
}

/// <summary>The object that becomes an AuthorizationPolicy.</summary>
public sealed class AuthorizationPolicyArgs() : CustomResourceArgs(Api.Security, "AuthorizationPolicy")
{
    /// <summary>The spec.</summary>
    [Input("spec", required: true)]
    public required Input<AuthorizationPolicySpecArgs> Spec { get; init; }
}

/// <summary>The spec of an AuthorizationPolicy.</summary>
public sealed class AuthorizationPolicySpecArgs : ResourceArgs
{
    /// <summary>The pods that it protects; absent: all of the namespace.</summary>
    [Input("selector")]
    public Input<WorkloadSelectorArgs>? Selector { get; init; }

    /// <summary><c>ALLOW</c>, or another action of Istio's.</summary>
    [Input("action", required: true)]
    public required Input<string> Action { get; init; }

    /// <summary>Its rules. A request matches the policy if it matches one of them; without rules no request matches.</summary>
    [Input("rules")]
    public InputList<AuthorizationRuleArgs>? Rules { get; init; }
}

/// <summary>The pods that a policy applies to.</summary>
public sealed class WorkloadSelectorArgs : ResourceArgs
{
    /// <summary>Their labels.</summary>
    [Input("matchLabels", required: true)]
    public required InputMap<string> MatchLabels { get; init; }
}

/// <summary>A rule: a request matches if it comes from one of the sources and is one of the operations.</summary>
public sealed class AuthorizationRuleArgs : ResourceArgs
{
    /// <summary>The sources.</summary>
    [Input("from", required: true)]
    public required InputList<AuthorizationFromArgs> From { get; init; }

    /// <summary>The operations.</summary>
    [Input("to", required: true)]
    public required InputList<AuthorizationToArgs> To { get; init; }
}

/// <summary>One entry of a rule's sources.</summary>
public sealed class AuthorizationFromArgs : ResourceArgs
{
    /// <summary>The source.</summary>
    [Input("source", required: true)]
    public required Input<AuthorizationSourceArgs> Source { get; init; }
}

/// <summary>A source of requests.</summary>
public sealed class AuthorizationSourceArgs : ResourceArgs
{
    /// <summary>Identities of certificates without their scheme, e.g. <c>cluster.local/ns/NAMESPACE/sa/SERVICEACCOUNT</c>.</summary>
    [Input("principals", required: true)]
    public required InputList<string> Principals { get; init; }
}

/// <summary>One entry of a rule's operations.</summary>
public sealed class AuthorizationToArgs : ResourceArgs
{
    /// <summary>The operation.</summary>
    [Input("operation", required: true)]
    public required Input<AuthorizationOperationArgs> Operation { get; init; }
}

/// <summary>An operation; each member that is set has to match.</summary>
public sealed class AuthorizationOperationArgs : ResourceArgs
{
    /// <summary>Ports of the pod, as strings.</summary>
    [Input("ports", required: true)]
    public required InputList<string> Ports { get; init; }

    /// <summary>HTTP methods; absent: every method.</summary>
    [Input("methods")]
    public InputList<string>? Methods { get; init; }
}

/// <summary>Which connections sidecars accept: with or without mutual TLS. In Istio's own namespace it applies to the whole mesh.</summary>
public sealed class PeerAuthentication(string name, PeerAuthenticationArgs args, CustomResourceOptions? options = null) : CustomResource(name, args, options)
{
    /// <summary>Its type, as Pulumi names it.</summary>
    public const string Token = $"kubernetes:{Api.Security}:PeerAuthentication";
}

/// <summary>The object that becomes a PeerAuthentication.</summary>
public sealed class PeerAuthenticationArgs() : CustomResourceArgs(Api.Security, "PeerAuthentication")
{
    /// <summary>The spec.</summary>
    [Input("spec", required: true)]
    public required Input<PeerAuthenticationSpecArgs> Spec { get; init; }
}

/// <summary>The spec of a PeerAuthentication.</summary>
public sealed class PeerAuthenticationSpecArgs : ResourceArgs
{
    /// <summary>Mutual TLS.</summary>
    [Input("mtls", required: true)]
    public required Input<MutualTlsArgs> Mtls { get; init; }
}

/// <summary>The mode of mutual TLS.</summary>
public sealed class MutualTlsArgs : ResourceArgs
{
    /// <summary><c>STRICT</c> refuses connections without it; Istio's own default, <c>PERMISSIVE</c>, also accepts plain text.</summary>
    [Input("mode", required: true)]
    public required Input<string> Mode { get; init; }
}
