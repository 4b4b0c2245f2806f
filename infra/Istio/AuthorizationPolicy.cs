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
    /// <summary>What is asked for.</summary>
    [Input("spec", required: true)]
    public required Input<AuthorizationPolicySpecArgs> Spec { get; init; }
}

/// <summary>What an AuthorizationPolicy asks for.</summary>
public sealed class AuthorizationPolicySpecArgs : ResourceArgs
{
    /// <summary>The pods that it protects; absent: all of the namespace.</summary>
    [Input("selector")]
    public Input<WorkloadSelectorArgs>? Selector { get; init; }

    /// <summary><c>ALLOW</c>, or what else Istio knows.</summary>
    [Input("action", required: true)]
    public required Input<string> Action { get; init; }

    /// <summary>The requests that it is about, any of which may match; none: no request matches.</summary>
    [Input("rules")]
    public InputList<AuthorizationRuleArgs>? Rules { get; init; }
}

/// <summary>The pods that a policy is about.</summary>
public sealed class WorkloadSelectorArgs : ResourceArgs
{
    /// <summary>Their labels.</summary>
    [Input("matchLabels", required: true)]
    public required InputMap<string> MatchLabels { get; init; }
}

/// <summary>Requests: all that come from one of the sources and are one of the operations.</summary>
public sealed class AuthorizationRuleArgs : ResourceArgs
{
    /// <summary>Where they come from.</summary>
    [Input("from", required: true)]
    public required InputList<AuthorizationFromArgs> From { get; init; }

    /// <summary>What they ask for.</summary>
    [Input("to", required: true)]
    public required InputList<AuthorizationToArgs> To { get; init; }
}

/// <summary>Where a request comes from.</summary>
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

/// <summary>What a request asks for.</summary>
public sealed class AuthorizationToArgs : ResourceArgs
{
    /// <summary>The operation.</summary>
    [Input("operation", required: true)]
    public required Input<AuthorizationOperationArgs> Operation { get; init; }
}

/// <summary>An operation; each member that is set has to match.</summary>
public sealed class AuthorizationOperationArgs : ResourceArgs
{
    /// <summary>Ports of the pod, as texts.</summary>
    [Input("ports", required: true)]
    public required InputList<string> Ports { get; init; }

    /// <summary>Methods of HTTP; absent: every one.</summary>
    [Input("methods")]
    public InputList<string>? Methods { get; init; }
}
