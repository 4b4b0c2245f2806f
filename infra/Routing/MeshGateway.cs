using System.Collections.Immutable;
using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Istio;
using GopherMesh.Infra.Mesh;
using GopherMesh.Infra.Settings;
using Pulumi;

namespace GopherMesh.Infra.Routing;

/// <summary>The Gateway: which hosts and ports the ingress gateway's pods serve.</summary>
public sealed class MeshGateway : ComponentResource
{
    /// <summary>Declares the Gateway.</summary>
    /// <param name="mesh">Its hosts.</param>
    /// <param name="behindTls">Whether the load balancer in front of it terminates TLS.</param>
    /// <param name="home">The namespace that it lives in.</param>
    public MeshGateway(MeshSettings mesh, bool behindTls, GopherNamespace home)
        : base("gopher-mesh:routing:Gateway", Names.Gateway, home.ForComponent())
    {
        Resource = new Gateway(
            Names.Gateway,
            new GatewayArgs
            {
                Metadata = home.Metadata(Names.Gateway),
                Spec = new GatewaySpecArgs
                {
                    Selector = new InputMap<string> { { "istio", Names.GatewayLabel } },
                    Servers = [.. Servers(mesh.Hosts, behindTls)],
                },
            },
            new() { Parent = this, DependsOn = [home.Resource] });
        QualifiedName = $"{home.Name}/{Names.Gateway}";
        Hosts = mesh.Hosts;
        IsBehindTls = behindTls;
        RegisterOutputs();
    }

    /// <summary>The Gateway; a route that names it depends on it.</summary>
    public Gateway Resource { get; }

    /// <summary>Its namespace and name, as VirtualServices name it.</summary>
    public string QualifiedName { get; }

    /// <summary>The hosts that it serves; <c>*</c> for every one.</summary>
    public ImmutableArray<string> Hosts { get; }

    /// <summary>Whether a load balancer has terminated TLS, so that the gateway sees HTTP where the caller used HTTPS.</summary>
    public bool IsBehindTls { get; }

    // HTTP on port 80. With a load balancer that terminates TLS: a redirect to HTTPS on port 80, and the forwarded requests on port 443.
    private static IEnumerable<ServerArgs> Servers(ImmutableArray<string> hosts, bool behindTls)
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
