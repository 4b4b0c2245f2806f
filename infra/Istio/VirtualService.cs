using Pulumi;
using Pulumi.Kubernetes.ApiExtensions;
using CustomResource = Pulumi.Kubernetes.ApiExtensions.CustomResource;

namespace GopherMesh.Infra.Istio;

/// <summary>Where the requests for a host go.</summary>
public sealed class VirtualService(string name, VirtualServiceArgs args, CustomResourceOptions? options = null) : CustomResource(name, args, options)
{
    /// <summary>Its type, as Pulumi names it.</summary>
    public const string Token = $"kubernetes:{Api.Networking}:VirtualService";
}

/// <summary>The object that becomes a VirtualService.</summary>
public sealed class VirtualServiceArgs() : CustomResourceArgs(Api.Networking, "VirtualService")
{
    /// <summary>The spec.</summary>
    [Input("spec", required: true)]
    public required Input<VirtualServiceSpecArgs> Spec { get; init; }
}

/// <summary>The spec of a VirtualService.</summary>
public sealed class VirtualServiceSpecArgs : ResourceArgs
{
    /// <summary>The hosts that a client addresses.</summary>
    [Input("hosts", required: true)]
    public required InputList<string> Hosts { get; init; }

    /// <summary>The gateways that it applies to; <see cref="Api.Mesh"/> means every sidecar.</summary>
    [Input("gateways", required: true)]
    public required InputList<string> Gateways { get; init; }

    /// <summary>The routes; the first that matches is taken.</summary>
    [Input("http", required: true)]
    public required InputList<HttpRouteArgs> Http { get; init; }
}

/// <summary>What happens to the requests that match.</summary>
public sealed class HttpRouteArgs : ResourceArgs
{
    /// <summary>Its name, for logs.</summary>
    [Input("name", required: true)]
    public required Input<string> Name { get; init; }

    /// <summary>Conditions, one of which has to hold; none: every request.</summary>
    [Input("match")]
    public InputList<HttpMatchRequestArgs>? Match { get; init; }

    /// <summary>The destinations, one of which answers.</summary>
    [Input("route", required: true)]
    public required InputList<HttpRouteDestinationArgs> Route { get; init; }

    /// <summary>What is changed in the request's headers on its way.</summary>
    [Input("headers")]
    public Input<HeadersArgs>? Headers { get; init; }

    /// <summary>What goes wrong on purpose, before the request is sent on.</summary>
    [Input("fault")]
    public Input<HttpFaultInjectionArgs>? Fault { get; init; }

    /// <summary>Who gets a copy, the answer to which is thrown away.</summary>
    [Input("mirror")]
    public Input<DestinationArgs>? Mirror { get; init; }

    /// <summary>The share of requests that are copied; if it is absent, Istio copies all.</summary>
    [Input("mirrorPercentage")]
    public Input<PercentArgs>? MirrorPercentage { get; init; }

    /// <summary>How long the caller waits at most, all tries included.</summary>
    [Input("timeout", required: true)]
    public required Input<string> Timeout { get; init; }

    /// <summary>When a request is retried; if it is absent, Istio retries twice, for every method.</summary>
    [Input("retries", required: true)]
    public required Input<HttpRetryArgs> Retries { get; init; }
}

/// <summary>A destination and its share of the requests.</summary>
public sealed class HttpRouteDestinationArgs : ResourceArgs
{
    /// <summary>The destination.</summary>
    [Input("destination", required: true)]
    public required Input<DestinationArgs> Destination { get; init; }

    /// <summary>Its share, in percent of the route.</summary>
    [Input("weight", required: true)]
    public required Input<int> Weight { get; init; }

    /// <summary>What is changed in the headers of its requests and answers, beside the route's own changes.</summary>
    [Input("headers")]
    public Input<HeadersArgs>? Headers { get; init; }
}

/// <summary>A host, or a subset of it.</summary>
public sealed class DestinationArgs : ResourceArgs
{
    /// <summary>Fully qualified name of the Service.</summary>
    [Input("host", required: true)]
    public required Input<string> Host { get; init; }

    /// <summary>A subset that a DestinationRule of the host defines.</summary>
    [Input("subset")]
    public Input<string>? Subset { get; init; }
}
