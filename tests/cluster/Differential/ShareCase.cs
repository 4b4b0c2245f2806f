namespace GopherMesh.Tests.Cluster.Differential;

/// <summary>What of the requests a share is a share of.</summary>
internal enum Counted
{
    /// <summary>Those that v2 answers.</summary>
    AnsweredByV2,

    /// <summary>Those of which v2 gets a copy.</summary>
    CopiedToV2,

    /// <summary>Those that a proxy aborts.</summary>
    Aborted,

    /// <summary>Those that find no pod.</summary>
    WithoutPods,
}

/// <summary>A configuration in which chance decides.</summary>
/// <param name="Routing">The configuration, without requests: all are alike.</param>
/// <param name="Percent">The declared share.</param>
/// <param name="Of">What it is a share of.</param>
internal sealed record ShareCase(RoutingCase Routing, int Percent, Counted Of)
{
    /// <summary>
    /// How many requests are sent: where 1 % is declared so many that none at all is refused (0.99^1,500 is 3 in 10 million), so that
    /// "never" is not taken for it, nor "always" for 99 %.
    /// </summary>
    public int Requests => Percent is 1 or 99 ? 1_500 : 300;

    public bool IsChance => Percent is > 0 and < 100;
}
