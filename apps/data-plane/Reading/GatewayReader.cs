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
        var port = server.ReadValue("port", ReadPort) ?? server.Missing("port", 0);
        var redirect = server.ReadValue("tls", ReadTls);
        var hosts = server.Texts("hosts");
        if (hosts.Count == 0)
        {
            server.Missing("hosts", 0);
        }

        return new(port, [.. hosts.Select(host => ParseHost(host, gateway.Namespace))], redirect ?? false);
    }

    private static int ReadPort(FieldCursor port)
    {
        if (port.Text("protocol") is var protocol && protocol?.ToUpperInvariant() is not ("HTTP" or "HTTP2" or "GRPC" or "GRPC-WEB"))
        {
            port.Refuse("protocol", $"is {protocol ?? "missing"}; the rehearsal's gateway speaks HTTP without TLS");
        }

        return port.WholeNumber("number", 1, 65535) ?? port.Missing("number", 0);
    }

    /// <summary>On a port without TLS, the redirect is the only setting of tls.</summary>
    private static bool ReadTls(FieldCursor tls) => tls.Flag("httpsRedirect") ?? false;

    private static GatewayHost ParseHost(string host, string gatewayNamespace) => host.ToLowerInvariant().Split('/', 2) switch
    {
        ["*", var name] => new(null, name),
        [".", var name] => new(gatewayNamespace, name),
        [var ns, var name] => new(ns, name),
        var bare => new(null, bare[0]),
    };
}
