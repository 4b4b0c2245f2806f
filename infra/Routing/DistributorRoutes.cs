using GopherMesh.Infra.Istio;
using Pulumi;

namespace GopherMesh.Infra.Routing;

/// <summary>The routes to the distributor's versions, in the order in which proxies try them.</summary>
/// <param name="plan">Who answers and who is copied.</param>
/// <param name="host">The distributor's fully qualified host.</param>
internal sealed class DistributorRoutes(RoutingPlan plan, string host)
{
    /// <summary>Preview routes first, then the split: for requests that may run twice, then for the others.</summary>
    public IReadOnlyList<HttpRouteArgs> All() => [.. Preview(), Idempotent(), Others()];

    // A tester sees what the version does: nothing is copied, and nothing is tried again that has run.
    private IEnumerable<HttpRouteArgs> Preview() =>
        from version in plan.PreviewHeader is null ? [] : plan.Versions
        select new HttpRouteArgs
        {
            Name = $"preview-{version}",
            Match = new HttpMatchRequestArgs
            {
                Headers = new InputMap<StringMatchArgs> { { plan.PreviewHeader!, new StringMatchArgs { Exact = version } } },
            },
            Route = To(new Share(version, 100)),
            Timeout = Timeouts.Distributor,
            Retries = Retries.OfOthers(),
        };

    private HttpRouteArgs Idempotent() => new()
    {
        Name = "split-idempotent",
        Match = new HttpMatchRequestArgs { Method = new StringMatchArgs { Regex = Retries.IdempotentMethods } },
        Route = Split(),
        Mirror = plan.Mirror is { } mirror ? (Input<DestinationArgs>)Subset(mirror.Version) : null,
        MirrorPercentage = plan.Mirror is { } copied ? (Input<PercentArgs>)new PercentArgs { Value = copied.Percent } : null,
        Timeout = Timeouts.Distributor,
        Retries = Retries.OfIdempotent(Timeouts.DistributorTry),
    };

    // Never copied: what a request changes would change twice.
    private HttpRouteArgs Others() => new()
    {
        Name = "split",
        Route = Split(),
        Timeout = Timeouts.Distributor,
        Retries = Retries.OfOthers(),
    };

    private HttpRouteDestinationArgs[] Split() => [.. plan.Split.Select(To)];

    private HttpRouteDestinationArgs To(Share share) => new() { Destination = Subset(share.Version), Weight = share.Percent };

    private DestinationArgs Subset(string version) => new() { Host = host, Subset = version };
}
