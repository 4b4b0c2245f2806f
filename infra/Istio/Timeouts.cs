namespace GopherMesh.Infra.Istio;

/// <summary>How long a caller's proxy waits for a service; durations as Istio writes them, such as <c>1s</c> or <c>500ms</c>.</summary>
/// <remarks>
/// Each bound leaves the next inner one the time to answer first: it knows the reason of a failure. From the inside out they are the
/// distributor's two, <see cref="RequesterPatienceMs"/> and the requester's two.
/// </remarks>
/// <param name="OneTry">Bound of one try of a request that may run twice.</param>
/// <param name="AllTries">Bound of all tries together.</param>
public sealed record Timeouts(string OneTry, string AllTries)
{
    /// <summary>The requester's own patience with the distributor, in milliseconds: longer than the mesh's, which names the reason.</summary>
    public const int RequesterPatienceMs = 5_000;

    /// <summary>
    /// The distributor answers within milliseconds; a second is what a cold or throttled pod may need. Four seconds are three tries and
    /// the pauses between them.
    /// </summary>
    public static Timeouts Distributor { get; } = new("1s", "4s");

    /// <summary>
    /// One try outlasts the requester's patience. Thirteen seconds are two tries that hang, or three of which the first fail at once;
    /// browsers and load balancers wait longer.
    /// </summary>
    public static Timeouts Requester { get; } = new("6s", "13s");
}
