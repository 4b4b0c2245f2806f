using System.Text.Json.Nodes;

namespace GopherMesh.DataPlane.Admission;

/// <summary>What Istio denies of a Gateway (validation.go, ValidateGateway, validateServer, validateServerPort, validateTLSOptions).</summary>
internal static class GatewayRules
{
    private const string Socket = "unix://";

    private static readonly string[] Protocols =
        ["http", "http_proxy", "https", "http2", "grpc", "grpc-web", "mongo", "redis", "mysql", "tcp", "tls", "udp"];

    public static IReadOnlyList<AdmissionRule> All { get; } =
    [
        new("metadata.name", "ValidateGateway", name => name.Text is { } text && !Checks.IsLabel(text) ? $"\"{text}\" is not the name of a Gateway: it may have no dots" : null),
        new("spec", "ValidateGateway", spec => spec.Has("servers") ? null : "has no servers"),
        new("spec", "ValidateGateway", PortNames),
        new("spec.servers[]", "validateServer", server => server.Has("hosts") ? null : "has no hosts"),
        new("spec.servers[].hosts[]", "ValidateNamespaceSlashWildcardHostname", Host),
        new("spec.servers[]", "validateServerPort", server => server.Object?["port"] is null ? "has no port" : null),
        new("spec.servers[].port", "validateServerPort", port => port.Has("name") ? null : "has no name"),
        new("spec.servers[].port", "validateServerPort", port =>
            IsSocket(port.Owner!) && NumberOf(port) is 0 ? null : Checks.Port(NumberOf(port))),
        new("spec.servers[].port", "validateServerPort", port =>
            Protocols.Contains((port.TextOf("protocol") ?? "").ToLowerInvariant()) ? null : $"\"{port.TextOf("protocol")}\" is not a protocol of Istio"),
        new("spec.servers[].port.targetPort", "validateServerPort", target => target.Number > 0 ? "has no effect on a Gateway" : null),
        new("spec.servers[].bind", "validateServerBind", Bind),
        new("spec.servers[]", "validateServer", Tls),
        new("spec.servers[].tls", "validateTLSOptions", Certificates),
    ];

    private static double? NumberOf(Field port) => new Field("", "", port.Object?["number"] ?? 0, null).Number;

    private static bool IsSocket(JsonObject server) => new Field("", "", server, null).TextOf("bind")?.StartsWith(Socket, StringComparison.Ordinal) == true;

    /// <summary>validation.go, ValidateUnixAddress: an absolute path, or the name of an abstract socket.</summary>
    private static string? Bind(Field bind) =>
        bind.Text is not { Length: > 0 } text ? null
        : !IsSocket(bind.Owner!) ? Checks.IsAddress(text) ? null : $"\"{text}\" is no address"
        : !text[Socket.Length..].StartsWith('@') && (text.Length == Socket.Length || text[Socket.Length] != '/' || text.EndsWith('/')) ? $"\"{text}\" is no absolute path to a socket"
        : NumberOf(new("", "", bind.Owner!["port"], null)) > 0 ? "is a socket, for which the port's number must be 0"
        : null;

    private static string? PortNames(Field spec)
    {
        var names = spec.Items("servers").Select(server => new Field("", "", (server as JsonObject)?["port"], null).TextOf("name")).OfType<string>().ToList();
        return names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice ? $"two servers have a port of the name \"{twice.Key}\"" : null;
    }

    private static string? Host(Field field)
    {
        var host = field.Text ?? "";
        var parts = host.Split('/', 2);
        return parts is [var ns, var name]
            ? ns is "*" or "." || Checks.IsLabel(ns) ? Name(name) : $"\"{host}\" begins with no namespace"
            : Name(host);
    }

    /// <summary>agent/validation.go, validateSidecarOrGatewayHostnamePart.</summary>
    private static string? Name(string host) =>
        host == "*" ? null
        : Checks.IsAddress(host) ? host.Contains('.', StringComparison.Ordinal) ? null : "short names are not allowed"
        : Checks.WildcardDomain(host)
            ?? (!host.Contains('.', StringComparison.Ordinal) ? $"\"{host}\" is a short name, which is not allowed: write it in full"
                : host.Contains('*', StringComparison.Ordinal) && !host.StartsWith("*.", StringComparison.Ordinal) ? $"\"{host}\" is a partial wildcard"
                : null);

    private static string? Tls(Field server)
    {
        var protocol = (new Field("", "", server.Object?["port"], null).TextOf("protocol") ?? "").ToLowerInvariant();
        var tls = server.Object?["tls"] as JsonObject;
        return protocol is "https" or "tls" ? tls is null ? "needs tls, as its port is HTTPS or TLS" : null
            : tls is null ? null
            : protocol is "http" or "http2" or "http_proxy" or "grpc" or "grpc-web"
                ? new Field("", "", tls, null).TextOf("mode") is not (null or "PASSTHROUGH" or "AUTO_PASSTHROUGH") || Has(tls, "caCertificates", "privateKey", "serverCertificate")
                    ? "has tls settings, as its port is plain text: only httpsRedirect may be given"
                    : null
            : "has tls settings, as its port is neither HTTPS nor TLS";
    }

    private static string? Certificates(Field tls)
    {
        var mode = tls.TextOf("mode");
        if (mode == "ISTIO_MUTUAL")
        {
            return Has(tls.Object!, "serverCertificate", "privateKey", "caCertificates", "credentialName", "credentialNames", "tlsCertificates")
                ? "ISTIO_MUTUAL has certificates of its own"
                : null;
        }

        var sources = new[] { tls.Has("credentialName"), tls.Has("credentialNames"), tls.Has("tlsCertificates"), tls.Has("serverCertificate") && tls.Has("privateKey") };
        return sources.Count(given => given) > 1 ? "has certificates from more than one source"
            : tls.Has("credentialName") || tls.Has("credentialNames") ? tls.Has("credentialName") && mode is not ("SIMPLE" or "MUTUAL" or "OPTIONAL_MUTUAL") && tls.Has("caCrl") ? "has a caCrl beside a credentialName" : null
            : mode is "SIMPLE" or "MUTUAL" or "OPTIONAL_MUTUAL" && Certificates(tls).Any(pair => !pair.Has("serverCertificate") || !pair.Has("privateKey"))
                ? $"{mode} needs a server certificate and a private key, or a credentialName"
            : mode is "MUTUAL" or "OPTIONAL_MUTUAL" && !tls.Has("caCertificates") ? $"{mode} needs the certificates of its callers' authority"
            : mode == "SIMPLE" && tls.Has("caCrl") ? "has a caCrl, which SIMPLE has no use for"
            : null;

        static IEnumerable<Field> Certificates(Field tls) =>
            tls.Has("tlsCertificates") ? tls.Items("tlsCertificates").Select(pair => new Field("", "", pair, null)) : [tls];
    }

    private static bool Has(JsonObject members, params string[] names) => Array.Exists(names, new Field("", "", members, null).Has);
}
