using System.Text.Json.Nodes;

namespace GopherMesh.DataPlane.Admission;

/// <summary>What Istio denies of a VirtualService around its routes (validation.go, ValidateVirtualService).</summary>
internal static class VirtualServiceRules
{
    private const string Virtual = "ValidateVirtualService";

    public static IReadOnlyList<AdmissionRule> All { get; } =
    [
        new("spec.hosts[]", "ValidateWildcardDomain", host =>
            host.Text is { } text && Checks.IsAddress(text) ? null : Checks.WildcardDomain(host.Text)),
        new("spec", Virtual, StarInMesh),
        new("spec", Virtual, DuplicateHosts),
        new("spec", Virtual, Delegate),
        new("spec", Virtual, spec => spec.Has("http") || spec.Has("tcp") || spec.Has("tls") ? null : "has no http, tcp or tls routes"),
        new("spec.http[]", Virtual, route => route.Node is null ? "is null" : null),
        new("spec.gateways", "validateGatewayNames", GatewayNames),
        new("spec.http[].match[].gateways", "validateGatewayNames", GatewayNames),
        new("spec.exportTo", "validateExportTo", Checks.ExportTo),
    ];

    private static IEnumerable<string> Texts(JsonArray items) => items.Select(item => new Field("", "", item, null).Text ?? "");

    private static string? StarInMesh(Field spec)
    {
        var gateways = Texts(spec.Items("gateways")).ToList();
        return (gateways.Count == 0 || gateways.Contains("mesh")) && Texts(spec.Items("hosts")).Contains("*")
            ? "hosts has *, which is not allowed in the mesh: name the hosts, or bind it to a gateway alone"
            : null;
    }

    private static string? DuplicateHosts(Field spec)
    {
        var hosts = Texts(spec.Items("hosts")).ToList();
        var pairs = hosts.SelectMany((host, index) => hosts.Skip(index + 1).Select(other => (host, other)));
        return pairs.Where(pair => Overlap(pair.host, pair.other)).Select(pair => $"hosts has duplicates: {pair.host} and {pair.other}").FirstOrDefault();
    }

    /// <summary>pkg/config/host/name.go, Matches: short names and full ones are different names to it.</summary>
    private static bool Overlap(string host, string other) => (host.StartsWith('*'), other.StartsWith('*')) switch
    {
        (true, true) => host.Length < other.Length
            ? other.AsSpan(1).EndsWith(host.AsSpan(1), StringComparison.Ordinal)
            : host.AsSpan(1).EndsWith(other.AsSpan(1), StringComparison.Ordinal),
        (true, false) => other.AsSpan().EndsWith(host.AsSpan(1), StringComparison.Ordinal),
        (false, true) => host.AsSpan().EndsWith(other.AsSpan(1), StringComparison.Ordinal),
        (false, false) => host == other,
    };

    private static string? Delegate(Field spec) =>
        spec.Has("hosts") || !(spec.Has("gateways") || spec.Has("tls") || spec.Has("tcp")) ? null
        : "has no hosts, and so is a delegate, which has no gateways, tls or tcp";

    /// <summary>Istio stops at the first name without a slash.</summary>
    private static string? GatewayNames(Field field)
    {
        foreach (var name in Texts(field.Node as JsonArray ?? []))
        {
            var parts = name.Split('/', 2);
            if (parts.Length < 2)
            {
                return Checks.Domain(name) is null ? null : $"\"{name}\" is not the name of a gateway";
            }

            if (!Checks.IsLabel(parts[0]) || !Checks.IsLabel(parts[1]))
            {
                return $"\"{name}\" is not the name of a gateway: write namespace/name, or the name alone for the namespace of the VirtualService";
            }
        }

        return null;
    }
}
