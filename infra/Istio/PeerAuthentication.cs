using Pulumi;
using Pulumi.Kubernetes.ApiExtensions;
using CustomResource = Pulumi.Kubernetes.ApiExtensions.CustomResource;

namespace GopherMesh.Infra.Istio;

/// <summary>What sidecars ask of those who connect to them; in Istio's own namespace it holds for the whole mesh.</summary>
public sealed class PeerAuthentication(string name, PeerAuthenticationArgs args, CustomResourceOptions? options = null) : CustomResource(name, args, options)
{
    /// <summary>Its type, as Pulumi names it.</summary>
    public const string Token = $"kubernetes:{Api.Security}:PeerAuthentication";
}

/// <summary>The object that becomes a PeerAuthentication.</summary>
public sealed class PeerAuthenticationArgs() : CustomResourceArgs(Api.Security, "PeerAuthentication")
{
    /// <summary>What is asked for.</summary>
    [Input("spec", required: true)]
    public required Input<PeerAuthenticationSpecArgs> Spec { get; init; }
}

/// <summary>What a PeerAuthentication asks for.</summary>
public sealed class PeerAuthenticationSpecArgs : ResourceArgs
{
    /// <summary>Mutual TLS.</summary>
    [Input("mtls", required: true)]
    public required Input<MutualTlsArgs> Mtls { get; init; }
}

/// <summary>Whether mutual TLS is asked for.</summary>
public sealed class MutualTlsArgs : ResourceArgs
{
    /// <summary><c>STRICT</c> refuses everything else; Istio's own default, <c>PERMISSIVE</c>, takes plain text, too.</summary>
    [Input("mode", required: true)]
    public required Input<string> Mode { get; init; }
}
