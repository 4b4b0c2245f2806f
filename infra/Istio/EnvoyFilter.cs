using Pulumi;
using Pulumi.Kubernetes.ApiExtensions;
using CustomResource = Pulumi.Kubernetes.ApiExtensions.CustomResource;

namespace GopherMesh.Infra.Istio;

/// <summary>A change of the configuration that istiod generates for proxies, where Istio's own kinds have no field for it.</summary>
public sealed class EnvoyFilter(string name, EnvoyFilterArgs args, CustomResourceOptions? options = null) : CustomResource(name, args, options)
{
    /// <summary>Its type, as Pulumi names it.</summary>
    public const string Token = $"kubernetes:{Api.Envoy}:EnvoyFilter";
}

/// <summary>The object that becomes an EnvoyFilter.</summary>
public sealed class EnvoyFilterArgs() : CustomResourceArgs(Api.Envoy, "EnvoyFilter")
{
    /// <summary>What is asked for.</summary>
    [Input("spec", required: true)]
    public required Input<EnvoyFilterSpecArgs> Spec { get; init; }
}

/// <summary>What an EnvoyFilter asks for.</summary>
public sealed class EnvoyFilterSpecArgs : ResourceArgs
{
    /// <summary>The proxies that it changes.</summary>
    [Input("workloadSelector", required: true)]
    public required Input<ProxySelectorArgs> WorkloadSelector { get; init; }

    /// <summary>The changes, in their order.</summary>
    [Input("configPatches", required: true)]
    public required InputList<EnvoyPatchArgs> ConfigPatches { get; init; }
}

/// <summary>The proxies that an EnvoyFilter changes.</summary>
public sealed class ProxySelectorArgs : ResourceArgs
{
    /// <summary>The labels of their pods.</summary>
    [Input("labels", required: true)]
    public required InputMap<string> Labels { get; init; }
}

/// <summary>One change.</summary>
public sealed class EnvoyPatchArgs : ResourceArgs
{
    /// <summary>What is changed, e.g. <c>NETWORK_FILTER</c>.</summary>
    [Input("applyTo", required: true)]
    public required Input<string> ApplyTo { get; init; }

    /// <summary>Which of those, in the form that Istio's reference has for it.</summary>
    [Input("match", required: true)]
    public required InputMap<object> Match { get; init; }

    /// <summary>How: <c>operation</c>, and <c>value</c> in the form of Envoy's own API.</summary>
    [Input("patch", required: true)]
    public required InputMap<object> Patch { get; init; }
}
