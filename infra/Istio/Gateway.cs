using Pulumi;
using Pulumi.Kubernetes.ApiExtensions;
using CustomResource = Pulumi.Kubernetes.ApiExtensions.CustomResource;

namespace GopherMesh.Infra.Istio;

/// <summary>Which hosts and ports the proxies at the edge of the mesh serve.</summary>
public sealed class Gateway(string name, GatewayArgs args, CustomResourceOptions? options = null) : CustomResource(name, args, options)
{
    /// <summary>Its type, as Pulumi names it.</summary>
    public const string Token = $"kubernetes:{Api.Networking}:Gateway";
}

/// <summary>The object that becomes a Gateway.</summary>
public sealed class GatewayArgs() : CustomResourceArgs(Api.Networking, "Gateway")
{
    /// <summary>The spec.</summary>
    [Input("spec", required: true)]
    public required Input<GatewaySpecArgs> Spec { get; init; }
}

/// <summary>The spec of a Gateway.</summary>
public sealed class GatewaySpecArgs : ResourceArgs
{
    /// <summary>Labels of the proxies that serve it.</summary>
    [Input("selector", required: true)]
    public required InputMap<string> Selector { get; init; }

    /// <summary>What they serve.</summary>
    [Input("servers", required: true)]
    public required InputList<ServerArgs> Servers { get; init; }
}

/// <summary>One port of a Gateway.</summary>
public sealed class ServerArgs : ResourceArgs
{
    /// <summary>The port.</summary>
    [Input("port", required: true)]
    public required Input<PortArgs> Port { get; init; }

    /// <summary>Hosts that it answers to; <c>*</c> means every host.</summary>
    [Input("hosts", required: true)]
    public required InputList<string> Hosts { get; init; }

    /// <summary>What it does about TLS; null serves plainly.</summary>
    [Input("tls")]
    public Input<ServerTlsArgs>? Tls { get; init; }
}

/// <summary>What a port of a Gateway does about TLS.</summary>
public sealed class ServerTlsArgs : ResourceArgs
{
    /// <summary>Whether it answers everything with a redirect to HTTPS.</summary>
    [Input("httpsRedirect")]
    public Input<bool>? HttpsRedirect { get; init; }
}

/// <summary>A port that a proxy listens on.</summary>
public sealed class PortArgs : ResourceArgs
{
    /// <summary>Its number.</summary>
    [Input("number", required: true)]
    public required Input<int> Number { get; init; }

    /// <summary>Its name.</summary>
    [Input("name", required: true)]
    public required Input<string> Name { get; init; }

    /// <summary>Its protocol, e.g. HTTP.</summary>
    [Input("protocol", required: true)]
    public required Input<string> Protocol { get; init; }
}
