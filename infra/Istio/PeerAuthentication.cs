using Pulumi;
using Pulumi.Kubernetes.ApiExtensions;
using CustomResource = Pulumi.Kubernetes.ApiExtensions.CustomResource;

namespace GopherMesh.Infra.Istio;

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
