using System.Text.Json.Nodes;

namespace GopherMesh.DataPlane.Admission;

/// <summary>What Istio denies of a Gateway (validation.go, ValidateGateway, validateServer, validateServerPort, validateTLSOptions).</summary>
internal static class GatewayRules
{
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
        new("spec.servers[].port", "validateServerPort", port => Checks.Port(new Field("", "", port.Object?["number"] ?? 0, null).Number)),
        new("spec.servers[].port", "validateServerPort", port =>
            Protocols.Contains((port.TextOf("protocol") ?? "").ToLowerInvariant()) ? null : $"\"{port.TextOf("protocol")}\" is not a protocol of Istio"),
        new("spec.servers[].port.targetPort", "validateServerPort", target => target.Number > 0 ? "has no effect on a Gateway" : null),
        new("spec.servers[].bind", "validateServerBind", bind =>
            bind.Text is { Length: > 0 } text && !text.StartsWith("unix://", StringComparison.Ordinal) && !Checks.IsAddress(text) ? $"\"{text}\" is not an address" : null),
        new("spec.servers[]", "validateServer", Tls),
        new("spec.servers[].tls", "validateTLSOptions", Certificates),
    ];

    private static string? PortNames(Field spec)
    {
        var names = spec.Items("servers").Select(server => new Field("", "", server?["port"], null).TextOf("name")).OfType<string>().ToList();
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
                ? new Field("", "", tls, null).TextOf("mode") is not (null or "PASSTHROUGH") || Has(tls, "caCertificates", "privateKey", "serverCertificate")
                    ? "has tls settings, as its port is plain text: only httpsRedirect may be given"
                    : null
            : "has tls settings, as its port is neither HTTPS nor TLS";
    }

    private static string? Certificates(Field tls)
    {
        var mode = tls.TextOf("mode");
        var hasCredential = tls.Has("credentialName") || tls.Has("credentialNames");
        return mode == "ISTIO_MUTUAL" ? Has(tls.Object!, "serverCertificate", "privateKey", "caCertificates", "credentialName", "credentialNames", "tlsCertificates")
                ? "ISTIO_MUTUAL has certificates of its own" : null
            : mode is not ("SIMPLE" or "MUTUAL" or "OPTIONAL_MUTUAL") || hasCredential || tls.Has("tlsCertificates") ? null
            : !tls.Has("serverCertificate") || !tls.Has("privateKey") ? $"{mode} needs a server certificate and a private key, or a credentialName"
            : mode != "SIMPLE" && !tls.Has("caCertificates") ? $"{mode} needs the certificates of its callers' authority"
            : null;
    }

    private static bool Has(JsonObject members, params string[] names) => Array.Exists(names, new Field("", "", members, null).Has);
}
