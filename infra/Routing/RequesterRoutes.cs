using GopherMesh.Infra.Istio;
using Pulumi;

namespace GopherMesh.Infra.Routing;

/// <summary>The routes from the gateway to the requester: for requests that may run twice, then for the others.</summary>
internal static class RequesterRoutes
{
    /// <summary>The routes to the requester.</summary>
    /// <param name="host">Its Service's name.</param>
    /// <param name="behindTls">Whether a load balancer has ended TLS, so that the caller's scheme is not what the gateway sees.</param>
    public static IReadOnlyList<HttpRouteArgs> To(string host, bool behindTls) =>
    [
        new()
        {
            Name = "idempotent",
            Match = new HttpMatchRequestArgs { Method = new StringMatchArgs { Regex = Retries.IdempotentMethods } },
            Route = Requester(host),
            Headers = Scheme(behindTls),
            Timeout = Timeouts.Requester,
            Retries = Retries.OfIdempotent(Timeouts.RequesterTry),
        },
        new()
        {
            Name = "others",
            Route = Requester(host),
            Headers = Scheme(behindTls),
            Timeout = Timeouts.Requester,
            Retries = Retries.OfOthers(),
        },
    ];

    // The gateway sees plain HTTP and says so, which breaks redirects and secure cookies. It redirects what comes by port 80, so whatever
    // is routed came by HTTPS.
    private static Input<HeadersArgs>? Scheme(bool behindTls)
    {
        if (!behindTls)
        {
            return null;
        }

        return new HeadersArgs { Request = new HeaderOperationsArgs { Set = new InputMap<string> { ["x-forwarded-proto"] = "https" } } };
    }

    private static HttpRouteDestinationArgs Requester(string host) => new()
    {
        Destination = new DestinationArgs { Host = host },
        Weight = 100,
    };
}
