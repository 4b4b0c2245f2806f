using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Model;

namespace GopherMesh.DataPlane.Reading;

/// <summary>Reads one entry of a VirtualService's <c>http</c>.</summary>
internal static class HttpRouteReader
{
    public static HttpRoute Read(FieldCursor route, ObjectName owner)
    {
        var read = new HttpRoute
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
        CheckAction(route, read);
        return read;
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

    /// <summary>What istio's validation demands (pkg/config/validation, validateHTTPRoute): one action, and weights that add up to more than 0.</summary>
    private static void CheckAction(FieldCursor cursor, HttpRoute route)
    {
        var actions = (route.Destinations.Count > 0 ? 1 : 0) + (route.Redirect is null ? 0 : 1) + (route.DirectResponse is null ? 0 : 1);
        if (actions != 1)
        {
            cursor.Refuse("", "must have exactly one of route, redirect and directResponse");
        }

        if (route.Destinations.Count > 1 && route.Destinations.Sum(destination => (long)destination.Weight) == 0)
        {
            cursor.Refuse("route", "the weights add up to 0");
        }
    }

    private static TimeSpan? NullIfZero(TimeSpan? timeout) => timeout == TimeSpan.Zero ? null : timeout;
}
