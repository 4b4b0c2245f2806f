using GopherMesh.Infra.Istio;

namespace GopherMesh.Infra;

/// <summary>The routes from the gateway to the requester: for requests that may run twice, then for the others.</summary>
internal static class RequesterRoutes
{
    public static IReadOnlyList<HttpRouteArgs> To(string host) =>
    [
        new()
        {
            Name = "idempotent",
            Match = new HttpMatchRequestArgs { Method = new StringMatchArgs { Regex = Retries.IdempotentMethods } },
            Route = Requester(host),
            Timeout = Timeouts.Requester,
            Retries = Retries.OfIdempotent(Timeouts.RequesterTry),
        },
        new()
        {
            Name = "others",
            Route = Requester(host),
            Timeout = Timeouts.Requester,
            Retries = Retries.OfOthers(),
        },
    ];

    private static HttpRouteDestinationArgs Requester(string host) => new()
    {
        Destination = new DestinationArgs { Host = host },
        Weight = 100,
    };
}
