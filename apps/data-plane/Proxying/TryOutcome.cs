namespace GopherMesh.DataPlane.Proxying;

/// <summary>How one try at a host ended.</summary>
internal enum TryOutcome
{
    /// <summary>The host's answer is on its way to the caller.</summary>
    Answered,

    /// <summary>The host's answer was discarded, because the policy retries its status.</summary>
    Discarded,

    /// <summary>No connection.</summary>
    ConnectFailure,

    /// <summary>The connection went away before the answer.</summary>
    Reset,

    /// <summary>The answer was not HTTP.</summary>
    ProtocolError,

    /// <summary>The limit of one try.</summary>
    TryTimeout,

    /// <summary>The limit of the whole exchange.</summary>
    Timeout,

    /// <summary>A limit of the connection pool; never retried.</summary>
    Overflow,

    /// <summary>The request's body is broken.</summary>
    BrokenRequest,

    /// <summary>With the headers that proxies add, the request is too large for the destination's proxy.</summary>
    TooLarge,

    /// <summary>The caller is gone.</summary>
    CallerGone,
}
