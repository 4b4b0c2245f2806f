using System.Collections.Immutable;
using GopherMesh.Infra.Istio;

namespace GopherMesh.Infra.Routing;

/// <summary>The ports on which the Gateway serves.</summary>
internal static class GatewayServers
{
    /// <summary>HTTP on port 80; with a load balancer that ends TLS, what it passes on from port 443, and a redirect to there.</summary>
    public static IEnumerable<ServerArgs> For(ImmutableArray<string> hosts, bool behindTls)
    {
        var http = new PortArgs { Number = 80, Name = "http", Protocol = "HTTP" };
        if (!behindTls)
        {
            yield return new ServerArgs { Port = http, Hosts = hosts };
            yield break;
        }

        yield return new ServerArgs { Port = http, Hosts = hosts, Tls = new ServerTlsArgs { HttpsRedirect = true } };
        // The number is the Service's; Istio listens on the port behind it.
        yield return new ServerArgs { Port = new PortArgs { Number = 443, Name = "http-behind-tls", Protocol = "HTTP" }, Hosts = hosts };
    }
}
