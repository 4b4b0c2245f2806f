using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Model;

namespace GopherMesh.DataPlane.Reading;

/// <summary>Reads a Gateway (istio api networking/v1alpha3/gateway.proto).</summary>
internal static class GatewayReader
{
    public static Gateway Read(FieldCursor spec, ObjectName name) =>
        new(name, spec.TextMap("selector"), spec.ReadEach("servers", server => ReadServer(server, name)));

    private static GatewayServer ReadServer(FieldCursor server, ObjectName gateway)
    {
        var port = server.Read("port", ReadPort) ?? server.Missing("port", new PortNumber(0));
        var redirect = server.Read("tls", ReadTls);
        var hosts = server.Texts("hosts");
        if (hosts.Count == 0)
        {
            server.Missing("hosts", 0);
        }

        return new(port.Number, [.. hosts.Select(host => ParseHost(host, gateway.Namespace))], redirect?.HttpsRedirect ?? false);
    }

    private static PortNumber ReadPort(FieldCursor port)
    {
        if (port.Text("protocol") is var protocol && protocol?.ToUpperInvariant() is not ("HTTP" or "HTTP2" or "GRPC" or "GRPC-WEB"))
        {
            port.Refuse("protocol", $"is {protocol ?? "missing"}; the rehearsal's gateway speaks HTTP without TLS");
        }

        return new(port.WholeNumber("number", 1, 65535) ?? port.Missing("number", 0));
    }

    /// <summary>All that TLS can say of a plain port is the redirect.</summary>
    private static Redirection ReadTls(FieldCursor tls) => new(tls.Flag("httpsRedirect") ?? false);

    private static GatewayHost ParseHost(string host, string gatewayNamespace) => host.ToLowerInvariant().Split('/', 2) switch
    {
        ["*", var name] => new(null, name),
        [".", var name] => new(gatewayNamespace, name),
        [var ns, var name] => new(ns, name),
        var bare => new(null, bare[0]),
    };

    private sealed record PortNumber(int Number);

    private sealed record Redirection(bool HttpsRedirect);
}
