using Pulumi;
using Pulumi.Kubernetes.ApiExtensions;
using CustomResource = Pulumi.Kubernetes.ApiExtensions.CustomResource;

namespace GopherMesh.Infra.Istio;

/// <summary>What proxies report; in Istio's own namespace it applies to the whole mesh.</summary>
public sealed class Telemetry(string name, TelemetryArgs args, CustomResourceOptions? options = null) : CustomResource(name, args, options)
{
    /// <summary>Its type, as Pulumi names it.</summary>
    public const string Token = $"kubernetes:{Api.Telemetry}:Telemetry";
}

/// <summary>The object that becomes a Telemetry.</summary>
public sealed class TelemetryArgs() : CustomResourceArgs(Api.Telemetry, "Telemetry")
{
    /// <summary>The spec.</summary>
    [Input("spec", required: true)]
    public required Input<TelemetrySpecArgs> Spec { get; init; }
}

/// <summary>The spec of a Telemetry. An absent list leaves the mesh's own settings in force.</summary>
public sealed class TelemetrySpecArgs : ResourceArgs
{
    /// <summary>Traces.</summary>
    [Input("tracing")]
    public InputList<TracingArgs>? Tracing { get; init; }

    /// <summary>Access logs.</summary>
    [Input("accessLogging")]
    public InputList<AccessLoggingArgs>? AccessLogging { get; init; }
}

/// <summary>Where spans are sent, and for how many requests.</summary>
public sealed class TracingArgs : ResourceArgs
{
    /// <summary>Extension providers of the mesh's configuration; the first is taken.</summary>
    [Input("providers", required: true)]
    public required InputList<ProviderRefArgs> Providers { get; init; }

    /// <summary>Percent, 0 to 100, of the requests that arrive without a sampling decision.</summary>
    [Input("randomSamplingPercentage", required: true)]
    public required Input<double> RandomSamplingPercentage { get; init; }
}

/// <summary>Where access logs are sent.</summary>
public sealed class AccessLoggingArgs : ResourceArgs
{
    /// <summary>Extension providers of the mesh's configuration.</summary>
    [Input("providers", required: true)]
    public required InputList<ProviderRefArgs> Providers { get; init; }
}

/// <summary>An extension provider, by its name in the mesh's configuration.</summary>
public sealed class ProviderRefArgs : ResourceArgs
{
    /// <summary>The name.</summary>
    [Input("name", required: true)]
    public required Input<string> Name { get; init; }
}
