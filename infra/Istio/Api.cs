namespace GopherMesh.Infra.Istio;

/// <summary>
/// Istio's API, as much of it as the stack declares; field names and meanings are those of
/// https://istio.io/latest/docs/reference/config/. Durations are strings such as <c>1s</c> or <c>500ms</c>.
/// </summary>
public static class Api
{
    /// <summary>Group and version of the routing kinds.</summary>
    public const string Networking = "networking.istio.io/v1";

    /// <summary>Group and version of the kind that changes Envoy's configuration.</summary>
    public const string Envoy = "networking.istio.io/v1alpha3";

    /// <summary>Group and version of the kind that says what proxies report.</summary>
    public const string Telemetry = "telemetry.istio.io/v1";

    /// <summary>Group and version of the kinds that say who may call whom, and how.</summary>
    public const string Security = "security.istio.io/v1";

    /// <summary>In the gateways of a VirtualService, the name that means every sidecar.</summary>
    public const string Mesh = "mesh";
}
