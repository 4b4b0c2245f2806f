namespace GopherMesh.DataPlane.Admission;

/// <summary>What Istio denies of the tcp and tls routes of a VirtualService (validation.go, validateTCPRoute, validateTLSRoute).</summary>
internal static class TcpAndTlsRules
{
    public static IReadOnlyList<AdmissionRule> All { get; } =
    [
        .. RouteRulesOf("spec.tcp[]", "validateTCPRoute"),
        .. RouteRulesOf("spec.tls[]", "validateTLSRoute"),
        new("spec.tls[]", "validateTLSRoute", route => route.Object is null || route.Has("match") ? null : "has no match"),
        new("spec.tls[].match[]", "validateTLSMatch", match => match.Object is null || match.Has("sniHosts") ? null : "has no sniHosts"),
        new("spec", "validateSniHost", ForeignName),
    ];

    private static IEnumerable<AdmissionRule> RouteRulesOf(string route, string source) =>
    [
        new(route, source, given => given.Object is null || given.Has("route") ? null : "has no route"),
        new($"{route}.route[]", "validateRouteDestinations", target => target.Object?["destination"] is null ? "has no destination" : null),
        new($"{route}.route[].weight", "validateWeight", weight => weight.Number < 0 ? "is negative" : null),
        new($"{route}.route", "validateRouteDestinations", RouteRules.Weights),
        .. RouteRules.DestinationRules($"{route}.route[].destination"),
        new($"{route}.match[]", source, match => match.Object is null ? "is null" : null),
        new($"{route}.match[].destinationSubnets[]", "ValidateIPSubnet", Checks.Subnet),
        new($"{route}.match[].port", "ValidatePort", port => port.Number is 0 ? null : Checks.Port(port.Number)),
        new($"{route}.match[].sourceLabels{{}}", "labels.Instance.Validate", Checks.LabelEntry),
        new($"{route}.match[].gateways", "validateGatewayNames", VirtualServiceRules.GatewayNames),
    ];

    /// <summary>Each name has to be one that the hosts cover.</summary>
    private static string? ForeignName(Field spec)
    {
        var hosts = spec.Items("hosts").Select(host => new Field("", "", host, null).Text).OfType<string>().ToList();
        if (spec.Object is null)
        {
            return null;
        }

        foreach (var name in Field.Select(spec.Owner!, "spec.tls[].match[].sniHosts[]").Select(field => field.Text ?? ""))
        {
            var wrong = Checks.IsAddress(name) || VirtualServiceRules.IsGeneratedName(name, spec.Object) ? null : Checks.WildcardDomain(name);
            if (wrong is not null)
            {
                return wrong;
            }

            if (!Checks.IsAddress(name) && !hosts.Exists(host => Covers(host, name)))
            {
                return $"a tls route matches {name}, which none of the hosts covers";
            }
        }

        return null;
    }

    /// <summary>pkg/config/host/name.go, SubsetOf.</summary>
    private static bool Covers(string host, string name) => !host.StartsWith('*')
        ? name == host
        : name.Length >= host.Length - (name.StartsWith('*') ? 0 : 1) && name.AsSpan(name.StartsWith('*') ? 1 : 0).EndsWith(host.AsSpan(1), StringComparison.Ordinal);
}
