using Pulumi;
using Pulumi.Kubernetes.Core.V1;
using ServiceStatus = Pulumi.Kubernetes.Types.Outputs.Core.V1.ServiceStatus;

namespace GopherMesh.Infra;

/// <summary>Where the gateway is reached from outside.</summary>
internal static class GatewayAddress
{
    /// <summary>The local port of the tunnel that reaches a gateway without a load balancer.</summary>
    private const int TunnelPort = 8080;

    /// <summary>The gateway's URL, once it has one.</summary>
    public static Output<string> Url(Settings settings, ClusterHandle cluster, IstioMesh mesh) =>
        HasLoadBalancer(settings)
            ? LoadBalancer(cluster, mesh).Apply(status => Address(status) is { } address ? $"{Scheme(settings)}://{address}/" : "(no address yet: run pulumi up again)")
            : Output.Create($"http://localhost:{TunnelPort}/");

    /// <summary>The line that asks the gophers once.</summary>
    public static Output<string> Curl(Settings settings, Output<string> url) =>
        settings.Mesh.Hosts.Contains("*")
            ? url.Apply(address => $"curl {address}")
            : url.Apply(address => $"curl --header 'Host: {settings.Mesh.Hosts[0].Replace("*", "gophers", StringComparison.Ordinal)}' {address}");

    /// <summary>The line that opens the tunnel; null where a load balancer makes it needless.</summary>
    public static string? PortForward(Settings settings) => HasLoadBalancer(settings)
        ? null
        : $"kubectl --context {settings.Cluster.Context} --namespace {IstioMesh.Namespace} port-forward service/{IstioMesh.GatewayName} {TunnelPort}:80";

    private static string Scheme(Settings settings) => settings.Eks.LoadBalancer.CertificateArn is null ? "http" : "https";

    private static bool HasLoadBalancer(Settings settings) => settings.Mesh.ServiceType == "LoadBalancer";

    // The chart names the Service like the release, whose id is namespace/name. The id is unknown until the release is installed; then
    // Apply waits, where Service.Get by itself would register a new Service in the preview.
    private static Output<ServiceStatus?> LoadBalancer(ClusterHandle cluster, IstioMesh mesh) => mesh.Gateway.Id.Apply(id =>
        Service.Get(IstioMesh.GatewayName, id, new() { Parent = mesh, Provider = cluster.Provider }).Status.Apply(status => (ServiceStatus?)status));

    private static string? Address(ServiceStatus? status) =>
        status?.LoadBalancer?.Ingress is { IsDefaultOrEmpty: false } ingress ? ingress[0].Hostname ?? ingress[0].Ip : null;
}
