namespace GopherMesh.Gopherctl.Statistics;

/// <summary>The exact test of an observed share against a declared one.</summary>
internal static class ShareTest
{
    /// <summary>How often a correct split may be called wrong, over all that one rehearsal judges: once in 10,000.</summary>
    public const double FalseAlarm = 1e-4;

    /// <summary>The counts that agree with a declared share.</summary>
    /// <param name="requests">Requests in all.</param>
    /// <param name="share">The declared share, 0 to 1. At 0 and 1 only one count is right.</param>
    /// <param name="falseAlarm">How often a correct share may be refused.</param>
    public static (int Low, int High) Acceptance(int requests, double share, double falseAlarm = FalseAlarm) => share switch
    {
        <= 0 => (0, 0),
        >= 1 => (requests, requests),
        _ => new Binomial(requests, share).Acceptance(falseAlarm),
    };

    /// <summary>The probability that a version whose true share is <paramref name="actual"/> is refused.</summary>
    public static double Detection(int requests, double declared, double actual, double falseAlarm = FalseAlarm)
    {
        var (low, high) = Acceptance(requests, declared, falseAlarm);
        return actual switch
        {
            <= 0 => low > 0 ? 1 : 0,
            >= 1 => high < requests ? 1 : 0,
            _ => 1 - new Binomial(requests, actual).Between(low, high),
        };
    }
}
