using Pulumi;

namespace GopherMesh.Infra.Istio;

/// <summary>How a proxy treats the pods that it calls. Every limit counts for one calling proxy and one subset.</summary>
public sealed class TrafficPolicyArgs : ResourceArgs
{
    /// <summary>Limits of what it has open.</summary>
    [Input("connectionPool", required: true)]
    public required Input<ConnectionPoolArgs> ConnectionPool { get; init; }

    /// <summary>When it leaves a pod out.</summary>
    [Input("outlierDetection", required: true)]
    public required Input<OutlierDetectionArgs> OutlierDetection { get; init; }
}

/// <summary>Limits of what a proxy has open.</summary>
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
    /// <summary>How many at once.</summary>
    [Input("maxConnections", required: true)]
    public required Input<int> MaxConnections { get; init; }

    /// <summary>How long one may take to be made.</summary>
    [Input("connectTimeout", required: true)]
    public required Input<string> ConnectTimeout { get; init; }
}

/// <summary>Limits of requests.</summary>
public sealed class HttpSettingsArgs : ResourceArgs
{
    /// <summary>Whether proxies speak HTTP/2 with each other, whatever their services speak: <c>UPGRADE</c> or <c>DO_NOT_UPGRADE</c>.</summary>
    [Input("h2UpgradePolicy", required: true)]
    public required Input<string> H2UpgradePolicy { get; init; }

    /// <summary>How many may wait for a connection.</summary>
    [Input("http1MaxPendingRequests", required: true)]
    public required Input<int> Http1MaxPendingRequests { get; init; }

    /// <summary>How many may be under way, of either version of HTTP.</summary>
    [Input("http2MaxRequests", required: true)]
    public required Input<int> Http2MaxRequests { get; init; }

    /// <summary>How many may be under way as retries.</summary>
    [Input("maxRetries", required: true)]
    public required Input<int> MaxRetries { get; init; }
}

/// <summary>When a pod is left out for a while.</summary>
public sealed class OutlierDetectionArgs : ResourceArgs
{
    /// <summary>After how many failures in a row.</summary>
    [Input("consecutive5xxErrors", required: true)]
    public required Input<int> Consecutive5xxErrors { get; init; }

    /// <summary>How often it is looked at.</summary>
    [Input("interval", required: true)]
    public required Input<string> Interval { get; init; }

    /// <summary>For how long, times the number of times.</summary>
    [Input("baseEjectionTime", required: true)]
    public required Input<string> BaseEjectionTime { get; init; }

    /// <summary>How many percent of the pods at most.</summary>
    [Input("maxEjectionPercent", required: true)]
    public required Input<int> MaxEjectionPercent { get; init; }
}
