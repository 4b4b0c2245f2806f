using Pulumi;
using Pulumi.Kubernetes.Core.V1;
using ServiceStatus = Pulumi.Kubernetes.Types.Outputs.Core.V1.ServiceStatus;

namespace GopherMesh.Infra;

/// <summary>Where the gateway is reached from outside.</summary>
internal static class GatewayAddress
{
    /// <summary>The local end of the tunnel that reaches a gateway without a load balancer.</summary>
    private const string Tunnel = "localhost:8080";

    /// <summary>The gateway's URL, once it has one.</summary>
    public static Output<string> Url(Settings settings, ClusterHandle cluster, IstioMesh mesh) =>
        settings.Mesh.ServiceType == "LoadBalancer"
            ? LoadBalancer(cluster, mesh).Apply(address => $"http://{address}/")
            : Output.Create($"http://{Tunnel}/");

    /// <summary>The line that asks the gophers once.</summary>
    public static Output<string> Curl(Settings settings, Output<string> url) =>
        settings.Mesh.Hosts.Contains("*")
            ? url.Apply(address => $"curl {address}")
            : url.Apply(address => $"curl --header 'Host: {settings.Mesh.Hosts[0].Replace("*", "gophers", StringComparison.Ordinal)}' {address}");

    /// <summary>The line that opens the tunnel; null where a load balancer makes it needless.</summary>
    public static string? PortForward(Settings settings) => settings.Mesh.ServiceType == "LoadBalancer"
        ? null
        : $"kubectl --context {settings.Cluster.Context} --namespace {IstioMesh.Namespace} port-forward service/{IstioMesh.GatewayName} {Tunnel[^4..]}:80";

    // The chart names the Service like the release, whose id is namespace/name: unknown until it is installed, so that a preview does
    // not look for a Service that is not there yet.
    private static Output<string?> LoadBalancer(ClusterHandle cluster, IstioMesh mesh) =>
        Service.Get(IstioMesh.GatewayName, mesh.Gateway.Id, new() { Parent = mesh, Provider = cluster.Provider }).Status.Apply(Address);

    private static string? Address(ServiceStatus? status) =>
        status?.LoadBalancer?.Ingress is { IsDefaultOrEmpty: false } ingress ? ingress[0].Hostname ?? ingress[0].Ip : null;
}
