using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.RegularExpressions;

namespace GopherMesh.DataPlane.Reading;

/// <summary>
/// Reads a VirtualService (istio api networking/v1alpha3/virtual_service.proto); tcp and tls routes are not modelled. One without hosts is a
/// delegate (<see cref="Delegation"/>).
/// </summary>
internal static class VirtualServiceReader
{
    public static VirtualService Read(FieldCursor spec, ObjectName name)
    {
        var hosts = spec.Texts("hosts");
        if (hosts.Count > 0)
        {
            ExportTo.Read(spec);
        }
        else
        {
            // Says who may delegate to it (Delegation).
            _ = spec.Texts("exportTo");
        }

        var gateways = spec.Texts("gateways");
        return new(
            name,
            [.. hosts.Select(host => HostNames.Qualify(host, name))],
            gateways.Count == 0 ? [VirtualService.Mesh] : [.. gateways.Select(gateway => HostNames.QualifyGateway(gateway, name))],
            spec.ReadEach("http", route => HttpRouteReader.Read(route, name)));
    }
}

/// <summary>Reads exportTo: only visibility to every namespace, which is the default, is modelled.</summary>
internal static class ExportTo
{
    public static void Read(FieldCursor spec)
    {
        if (spec.Texts("exportTo") is not ([] or ["*"]))
        {
            spec.Refuse("exportTo", "the rehearsal shows every object to every namespace: remove it, or write [\"*\"]");
        }
    }
}

/// <summary>Reads one entry of a VirtualService's <c>http</c>.</summary>
internal static class HttpRouteReader
{
    public static HttpRoute Read(FieldCursor route, ObjectName owner)
    {
        // Istio's rules have seen to it that there is one action (Admission); what is delegated is merged before it is read again.
        _ = route.Read("delegate", target => $"{target.Text("namespace")}/{target.Text("name")}");
        return new HttpRoute
        {
            Name = route.Text("name") ?? "",
            Matches = route.ReadEach("match", match => HttpMatchReader.Read(match, owner)),
            Destinations = route.ReadEach("route", destination => ReadWeighted(destination, owner)),
            Redirect = route.Read("redirect", RouteActionReader.ReadRedirect),
            DirectResponse = route.Read("directResponse", RouteActionReader.ReadDirectResponse),
            Rewrite = route.Read("rewrite", RouteActionReader.ReadRewrite),
            Timeout = NullIfZero(route.Duration("timeout")),
            Retries = route.Read("retries", RetryReader.Read) ?? RetryPolicy.Default,
            Fault = route.Read("fault", FaultReader.Read),
            Mirrors = ReadMirrors(route, owner),
            Headers = HeaderReader.Read(route),
        };
    }

    /// <summary>Destination of a route or a mirror.</summary>
    public static Destination ReadDestination(FieldCursor destination, ObjectName owner) => new(
        HostNames.Qualify(destination.RequiredText("host"), owner),
        destination.Text("subset"),
        destination.ReadValue("port", port => port.WholeNumber("number", 1, 65535) ?? port.Missing("number", 0)));

    private static RouteDestination ReadWeighted(FieldCursor route, ObjectName owner) => new(
        route.Read("destination", destination => ReadDestination(destination, owner)) ?? route.Missing("destination", new Destination("", null, null)),
        route.WholeNumber("weight", 0, int.MaxValue) ?? 0,
        HeaderReader.Read(route));

    private static IReadOnlyList<Mirror> ReadMirrors(FieldCursor route, ObjectName owner)
    {
        var percentage = PercentReader.Read(route, "mirrorPercentage") ?? route.Number("mirrorPercent", 0, 100) ?? 100;
        var single = route.Read("mirror", destination => new Mirror(ReadDestination(destination, owner), percentage));
        var several = route.ReadEach("mirrors", mirror => new Mirror(
            mirror.Read("destination", destination => ReadDestination(destination, owner)) ?? mirror.Missing("destination", new Destination("", null, null)),
            PercentReader.Read(mirror, "percentage") ?? 100));
        return single is null ? several : [single, .. several];
    }

    private static TimeSpan? NullIfZero(TimeSpan? timeout) => timeout == TimeSpan.Zero ? null : timeout;
}

/// <summary>Reads an HTTPMatchRequest.</summary>
internal static class HttpMatchReader
{
    public static HttpMatch Read(FieldCursor match, ObjectName owner) => new()
    {
        Name = match.Text("name") ?? "",
        Uri = match.Read("uri", ReadString),
        IgnoreUriCase = match.Flag("ignoreUriCase") ?? false,
        Scheme = match.Read("scheme", ReadString),
        Method = match.Read("method", ReadString),
        Authority = match.Read("authority", ReadString),
        Headers = ReadHeaders(match, "headers"),
        WithoutHeaders = ReadHeaders(match, "withoutHeaders"),
        QueryParams = match.Map("queryParams", ReadString),
        Port = match.WholeNumber("port", 1, 65535),
        SourceLabels = match.TextMap("sourceLabels"),
        SourceNamespace = match.Text("sourceNamespace"),
        Gateways = [.. match.Texts("gateways").Select(gateway => HostNames.QualifyGateway(gateway, owner))],
    };

    private static Dictionary<string, StringMatch> ReadHeaders(FieldCursor match, string field)
    {
        var headers = match.Map(field, ReadString);
        foreach (var name in headers.Keys)
        {
            if (name.StartsWith('@') || name.StartsWith(':'))
            {
                match.Refuse($"{field}.{name}", "the rehearsal matches the request's own headers; pseudo headers have fields of their own");
            }
        }

        return headers;
    }

    private static StringMatch ReadString(FieldCursor match)
    {
        var (exact, prefix, regex) = (match.Text("exact"), match.Text("prefix"), match.Text("regex"));
        if ((exact is null ? 0 : 1) + (prefix is null ? 0 : 1) + (regex is null ? 0 : 1) > 1)
        {
            match.Refuse("", "must have one of exact, prefix and regex");
        }

        return exact is not null ? new(StringMatchKind.Exact, exact)
            : prefix is not null ? new(StringMatchKind.Prefix, prefix)
            : regex is null or "*" ? StringMatch.Present
            : new(StringMatchKind.Regex, CheckedRegex(match, regex));
    }

    private static string CheckedRegex(FieldCursor match, string regex)
    {
        if (Re2.TryCompile(regex, wholeText: true, out var problem) is null)
        {
            match.Refuse("regex", problem);
        }

        return regex;
    }
}
