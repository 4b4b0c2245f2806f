using GopherMesh.Infra.Clusters;
using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Mesh;
using GopherMesh.Infra.Settings;
using Pulumi;
using Pulumi.Kubernetes.Core.V1;
using ServiceStatus = Pulumi.Kubernetes.Types.Outputs.Core.V1.ServiceStatus;

namespace GopherMesh.Infra;

/// <summary>Where the gateway is reached from outside.</summary>
internal static class GatewayAddress
{
    /// <summary>The local port of the tunnel that reaches a gateway without a load balancer.</summary>
    private const int TunnelPort = 8080;

    private const string NoAddressYet = "(no address yet: run pulumi up again)";

    /// <summary>The name or address of the gateway's load balancer, null inside until it has one; null where there is no load balancer.</summary>
    /// <remarks>
    /// Asked for once: it registers the Service as read. The chart names the Service like the release, whose id is namespace/name. The id is
    /// unknown until the release is installed; then Apply waits, where Service.Get by itself would register a new Service in the preview.
    /// </remarks>
    public static Output<string?>? Of(StackSettings settings, ClusterHandle cluster, IstioMesh mesh) => HasLoadBalancer(settings)
        ? mesh.Gateway.Id.Apply(id =>
            Service.Get(Names.GatewayRelease, id, new() { Parent = mesh, Provider = cluster.Provider }).Status.Apply(status => Address(status)))
        : null;

    /// <summary>The gateway's URL, once it has one: with a certificate by the name that the certificate is for, else by the load balancer's.</summary>
    public static Output<string> Url(StackSettings settings, Output<string?>? balancer) =>
        balancer is null ? Output.Create($"http://localhost:{TunnelPort}/")
        : settings.Eks.LoadBalancer.EndsTls ? Output.Create($"https://{HostToAsk(settings)}/")
        : balancer.Apply(host => host is null ? NoAddressYet : $"http://{host}/");

    /// <summary>The line that asks the gophers once; with a certificate that is there already it needs no DNS record of the name.</summary>
    public static Output<string> Curl(StackSettings settings, Output<string> url, Output<string?>? balancer)
    {
        if (balancer is not null && settings.Eks.LoadBalancer.CertificateArn is not null)
        {
            var name = HostToAsk(settings);
            return Output.Tuple(url, balancer).Apply(found =>
                found.Item2 is null ? NoAddressYet : $"curl --connect-to {name}:443:{found.Item2}:443 {found.Item1}");
        }

        return settings.Mesh.Hosts.Contains("*") || settings.Eks.LoadBalancer.HostedZoneId is not null
            ? url.Apply(address => $"curl {address}")
            : url.Apply(address => $"curl --header 'Host: {HostToAsk(settings)}' {address}");
    }

    /// <summary>The command that opens the tunnel; null if there is a load balancer.</summary>
    public static string? PortForward(StackSettings settings) => HasLoadBalancer(settings)
        ? null
        : $"kubectl --context {settings.Cluster.Context} --namespace {Namespaces.Istio} port-forward service/{Names.GatewayRelease} {TunnelPort}:80";

    // A wildcard matches any name of the domain; the command uses this one.
    private static string HostToAsk(StackSettings settings) => settings.Mesh.Hosts[0].Replace("*", "gophers", StringComparison.Ordinal);

    private static bool HasLoadBalancer(StackSettings settings) => settings.Mesh.ServiceType == "LoadBalancer";

    private static string? Address(ServiceStatus? status) =>
        status?.LoadBalancer?.Ingress is { IsDefaultOrEmpty: false } ingress ? ingress[0].Hostname ?? ingress[0].Ip : null;
}
