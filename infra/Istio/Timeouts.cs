namespace GopherMesh.Infra.Istio;

/// <summary>How long a caller's proxy waits for a service; durations as Istio writes them, such as <c>1s</c> or <c>500ms</c>.</summary>
/// <remarks>
/// Each timeout is longer than the next inner one, so that the inner one answers first: it knows the reason of a failure. From the
/// inside out they are the distributor's two, <see cref="RequesterPatienceMs"/> and the requester's two.
/// </remarks>
/// <param name="OneTry">The timeout of one try of a request that may run twice.</param>
/// <param name="AllTries">The timeout of all tries together.</param>
public sealed record Timeouts(string OneTry, string AllTries)
{
    /// <summary>The requester's own timeout for the distributor, in milliseconds: longer than the mesh's, whose answer names the reason.</summary>
    public const int RequesterPatienceMs = 5_000;

    /// <summary>
    /// The distributor answers within milliseconds; a second is what a cold or throttled pod may need. Four seconds are three tries and
    /// the pauses between them.
    /// </summary>
    public static Timeouts Distributor { get; } = new("1s", "4s");

    /// <summary>
    /// One try lasts longer than the requester's own timeout. Thirteen seconds are two tries that hang, or three if the first fail at once;
    /// browsers and load balancers wait longer.
    /// </summary>
    public static Timeouts Requester { get; } = new("6s", "13s");
}
