using Pulumi;
using Pulumi.Kubernetes.ApiExtensions;
using CustomResource = Pulumi.Kubernetes.ApiExtensions.CustomResource;

namespace GopherMesh.Infra.Istio;

/// <summary>The subsets of a host, and how proxies treat the connections to them.</summary>
public sealed class DestinationRule(string name, DestinationRuleArgs args, CustomResourceOptions? options = null) : CustomResource(name, args, options)
{
    /// <summary>Its type, as Pulumi names it.</summary>
    public const string Token = $"kubernetes:{Api.Networking}:DestinationRule";
}

/// <summary>The object that becomes a DestinationRule.</summary>
public sealed class DestinationRuleArgs() : CustomResourceArgs(Api.Networking, "DestinationRule")
{
    /// <summary>The spec.</summary>
    [Input("spec", required: true)]
    public required Input<DestinationRuleSpecArgs> Spec { get; init; }
}

/// <summary>The spec of a DestinationRule.</summary>
public sealed class DestinationRuleSpecArgs : ResourceArgs
{
    /// <summary>Fully qualified name of the Service.</summary>
    [Input("host", required: true)]
    public required Input<string> Host { get; init; }

    /// <summary>How to treat all of its pods.</summary>
    [Input("trafficPolicy")]
    public Input<TrafficPolicyArgs>? TrafficPolicy { get; init; }

    /// <summary>Named sets of its pods.</summary>
    [Input("subsets")]
    public InputList<SubsetArgs>? Subsets { get; init; }
}

/// <summary>A named set of pods.</summary>
public sealed class SubsetArgs : ResourceArgs
{
    /// <summary>Its name.</summary>
    [Input("name", required: true)]
    public required Input<string> Name { get; init; }

    /// <summary>Labels of its pods.</summary>
    [Input("labels", required: true)]
    public required InputMap<string> Labels { get; init; }

    /// <summary>How to treat its pods.</summary>
    [Input("trafficPolicy")]
    public Input<TrafficPolicyArgs>? TrafficPolicy { get; init; }
}

/// <summary>How a proxy treats the pods that it calls. Every limit counts for one calling proxy and one subset.</summary>
public sealed class TrafficPolicyArgs : ResourceArgs
{
    /// <summary>Limits of its connections and requests.</summary>
    [Input("connectionPool", required: true)]
    public required Input<ConnectionPoolArgs> ConnectionPool { get; init; }

    /// <summary>When it ejects a pod.</summary>
    [Input("outlierDetection", required: true)]
    public required Input<OutlierDetectionArgs> OutlierDetection { get; init; }
}

/// <summary>Limits of a proxy's connections and requests.</summary>
public sealed class ConnectionPoolArgs : ResourceArgs
{
    /// <summary>Limits of connections.</summary>
    [Input("tcp", required: true)]
    public required Input<TcpSettingsArgs> Tcp { get; init; }

    /// <summary>Limits of requests.</summary>
    [Input("http", required: true)]
    public required Input<HttpSettingsArgs> Http { get; init; }
}

/// <summary>Limits of connections.</summary>
public sealed class TcpSettingsArgs : ResourceArgs
{
    /// <summary>The most connections at a time.</summary>
    [Input("maxConnections", required: true)]
    public required Input<int> MaxConnections { get; init; }

    /// <summary>How long it may take to establish one.</summary>
    [Input("connectTimeout", required: true)]
    public required Input<string> ConnectTimeout { get; init; }
}

/// <summary>Limits of requests.</summary>
public sealed class HttpSettingsArgs : ResourceArgs
{
    /// <summary>Whether proxies speak HTTP/2 with each other, whatever their services speak: <c>UPGRADE</c> or <c>DO_NOT_UPGRADE</c>.</summary>
    [Input("h2UpgradePolicy", required: true)]
    public required Input<string> H2UpgradePolicy { get; init; }

    /// <summary>The most requests that wait for a connection.</summary>
    [Input("http1MaxPendingRequests", required: true)]
    public required Input<int> Http1MaxPendingRequests { get; init; }

    /// <summary>The most requests under way, for HTTP/1.1 and HTTP/2.</summary>
    [Input("http2MaxRequests", required: true)]
    public required Input<int> Http2MaxRequests { get; init; }

    /// <summary>The most retries under way.</summary>
    [Input("maxRetries", required: true)]
    public required Input<int> MaxRetries { get; init; }
}

/// <summary>Outlier detection: when a pod is ejected, that is, gets no requests for a while.</summary>
public sealed class OutlierDetectionArgs : ResourceArgs
{
    /// <summary>The number of failures in a row that eject a pod.</summary>
    [Input("consecutive5xxErrors", required: true)]
    public required Input<int> Consecutive5xxErrors { get; init; }

    /// <summary>How often Envoy checks which ejections are over.</summary>
    [Input("interval", required: true)]
    public required Input<string> Interval { get; init; }

    /// <summary>How long an ejection lasts: this time, multiplied by the number of ejections of the pod.</summary>
    [Input("baseEjectionTime", required: true)]
    public required Input<string> BaseEjectionTime { get; init; }

    /// <summary>The most pods that may be ejected, in percent.</summary>
    [Input("maxEjectionPercent", required: true)]
    public required Input<int> MaxEjectionPercent { get; init; }
}
