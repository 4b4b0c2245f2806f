namespace GopherMesh.Infra.Istio;

/// <summary>
/// How long callers wait, from the inside out: each bound leaves the one within it the time to answer first, so that the reason of
/// a failure is told by who knows it.
/// </summary>
public static class Timeouts
{
    /// <summary>One try at a distributor. It answers within milliseconds; a second is what a cold or throttled pod may need.</summary>
    internal const string DistributorTry = "1s";

    /// <summary>All tries at a distributor: three of them, and the pauses between.</summary>
    internal const string Distributor = "4s";

    /// <summary>
    /// The requester's own patience with the distributor, in milliseconds: the mesh's bound comes first, and tells it why.
    /// </summary>
    public const int RequesterPatienceMs = 5_000;

    /// <summary>One try at a requester, from the gateway: it has to outlast the requester's patience.</summary>
    internal const string RequesterTry = "6s";

    /// <summary>
    /// All tries at a requester: two that hang, or three of which the first fail at once. Browsers and load balancers wait longer.
    /// </summary>
    internal const string Requester = "13s";
}
