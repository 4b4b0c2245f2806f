using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// A server of a Gateway speaks the protocol of the routes that are bound to it (istio.io, reference of Gateway, Port.protocol; of VirtualService, http, tls
/// and tcp), and its certificate is there.
/// </summary>
internal static class GatewayServers
{
    // Where a load balancer before the gateway may have ended TLS.
    private const long TlsPort = 443;

    private static readonly string[] Http = ["HTTP", "HTTP2", "GRPC", "GRPC-WEB"];

    public static PolicyRule Protocols { get; } = new(
        "gateway-protocol", Severity.Error, "A Gateway serves the hosts of its routes by their protocol, and leads to TLS only where it serves that.",
        stack => OfRoutes(stack).Concat(OfRedirects(stack)));

    /// <summary>
    /// Without the Secret the gateway resets every handshake. A program that declares all of a stack declares it or a Certificate that makes it; in others'
    /// folders it is asked for where its namespace has Secrets at all.
    /// </summary>
    public static PolicyRule Credentials { get; } = new(
        "unknown-credential", Severity.Error, "The Secret of a Gateway's certificate is declared, in the namespace of the gateway's pods.", OfCredentials)
    {
        Others = "istioctl IST0101 (credentials)",
    };

    /// <summary>A Gateway's name with its namespace; without one it is the namespace of who names it (istio.io, reference of VirtualService, gateways).</summary>
    public static string FullName(string name, RenderedManifest service) => name.Contains('/', StringComparison.Ordinal) ? name : $"{service.Space}/{name}";

    private static IEnumerable<(RenderedManifest Gateway, JsonNode Server)> Servers(RenderedStack stack) =>
        from gateway in stack.OfKind("Gateway")
        where gateway.Manifest.ApiVersion.StartsWith("networking.istio.io/", StringComparison.Ordinal)
        from server in gateway.Body.Items("spec.servers")
        select (gateway, server);

    private static bool Terminates(JsonNode server) => server.Text("tls.mode") is not (null or "PASSTHROUGH" or "AUTO_PASSTHROUGH");

    private static bool IsFor(JsonNode server, string routes) => (routes, server.Text("port.protocol")?.ToUpperInvariant()) switch
    {
        ("http", "HTTPS") => Terminates(server),
        ("http", var protocol) => Http.Contains(protocol),
        ("tls", "HTTPS" or "TLS") => !Terminates(server),
        ("tcp", "TLS") => Terminates(server),
        ("tcp", "TCP" or "MONGO" or "MYSQL" or "REDIS") => true,
        _ => false,
    };

    private static IEnumerable<Violation> OfRoutes(RenderedStack stack) =>
        from service in stack.OfKind("VirtualService")
        from name in service.Body.Texts("spec.gateways").Distinct()
        let full = FullName(name, service)
        let servers = Servers(stack).Where(found => $"{found.Gateway.Space}/{found.Gateway.Manifest.Name}" == full).ToList()
        from routes in (string[])["http", "tls", "tcp"]
        where servers.Count > 0 && service.Body.Items($"spec.{routes}").Any() && !servers.Exists(found => IsFor(found.Server, routes))
        select new Violation(
            service.Manifest.DisplayName,
            $"the Gateway {full} serves {string.Join(", ", servers.Select(found => found.Server.Text("port.protocol")).Distinct())}: its routes in spec.{routes} have no effect there",
            $"Give the Gateway a server whose protocol is that of spec.{routes}.");

    private static IEnumerable<Violation> OfRedirects(RenderedStack stack) =>
        from found in Servers(stack)
        where found.Server.Flag("tls.httpsRedirect") == true
            && !Servers(stack).Any(other => JsonNode.DeepEquals(other.Gateway.Body.At("spec.selector"), found.Gateway.Body.At("spec.selector")) && (other.Server.Text("port.protocol")?.ToUpperInvariant() is "HTTPS" or "TLS" || other.Server.Number("port.number") == TlsPort))
        select new Violation(found.Gateway.Manifest.DisplayName, "it redirects callers to HTTPS, which no server of the gateway serves", "Declare a server with protocol HTTPS, or leave httpsRedirect out.");

    private static IEnumerable<Violation> OfCredentials(RenderedStack stack)
    {
        var secrets = Secrets(stack).ToHashSet();
        return from found in Servers(stack)
               from name in found.Server.Texts("tls.credentialNames").Append(found.Server.Text("tls.credentialName") ?? "").Where(name => name.Length > 0).Distinct()
               let space = SpaceOfPods(stack, found.Gateway)
               where !secrets.Contains((space, name)) && (stack.Resources.Count > 0 || secrets.Any(secret => secret.Space == space))
               select new Violation(
                   found.Gateway.Manifest.DisplayName, $"its certificate is in the Secret {name}, which is not declared in {space}, where its pods are",
                   "Declare it, or a Certificate with this secretName.");
    }

    private static string SpaceOfPods(RenderedStack stack, RenderedManifest gateway)
    {
        var selector = gateway.Body.At("spec.selector") as JsonObject ?? [];
        return stack.Releases.FirstOrDefault(release => release.Labels.Count > 0 && LabelSelector.Has(release.Labels, selector))?.Space
            ?? Pods.In(stack).FirstOrDefault(pods => LabelSelector.Has(pods.Labels, selector))?.Manifest.Space
            ?? gateway.Space;
    }

    // A Secret itself, and what controllers make one of: cert-manager's Certificate, External Secrets' ExternalSecret, a SealedSecret.
    private static IEnumerable<(string Space, string Name)> Secrets(RenderedStack stack) =>
        from manifest in stack.Manifests
        let name = manifest.Manifest.Kind switch
        {
            "Secret" or "SealedSecret" => manifest.Manifest.Name,
            "Certificate" => manifest.Body.Text("spec.secretName"),
            "ExternalSecret" => manifest.Body.Text("spec.target.name") ?? manifest.Manifest.Name,
            _ => null,
        }
        where name is not null
        select (manifest.Space, name);
}
