using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster.Differential;

/// <summary>The routes to the distributor as the stack declares them at a dark launch with a preview, led to the echo.</summary>
internal static class OwnRoutes
{
    private const string Preview = "x-gopher-version";

    private static readonly string[] Methods = ["GET", "PUT", "DELETE", "POST", "PATCH"];

    private static readonly string[] Behaviours = ["x-own: a", "x-fail-first: 2", "x-fail-first: 3", "x-status: 500"];

    private static readonly string[] Values = ["v1", "v2", "v3", "V2"];

    /// <summary>Renders them, and says what is asked of them.</summary>
    public static async Task<RoutingCase> DeclaredAsync()
    {
        var rendering = await Rendering.OfAsync("canaryVersion=v2", $"previewHeader={Preview}");
        var declared = rendering.Single("VirtualService", "gopher-distributor").Body["spec"]!;
        var http = declared["http"]!.ToJsonString().Replace((string)declared["hosts"]![0]!, RoutingCase.Echo, StringComparison.Ordinal);
        return new RoutingCase("own", http, [.. Requests()]);
    }

    private static IEnumerable<Probe> Requests() =>
    [
        .. from method in Methods
           from header in Behaviours
           select new Probe { Method = method, Headers = [header], Body = method is "GET" or "DELETE" ? "" : "a=1" },
        .. Values.Select(value => new Probe { Headers = [$"{Preview}: {value}"] }),
        new Probe { Headers = [$"{Preview}: v2", "x-fail-first: 1"] },
        new Probe { Method = "POST", Headers = [$"{Preview}: v2"], Body = "a=1" },
    ];
}
