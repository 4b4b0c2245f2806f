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

/// <summary>How many requests a rehearsal needs.</summary>
internal static class SampleSize
{
    /// <summary>The most that are sent by default.</summary>
    public const int Most = 20_000;

    /// <summary>
    /// The fewest that are sent by default: enough that a version which should not answer, and gets half a point, is seen 99 times of 100
    /// (1 - 0.995^1000 = 0.993), and that every pod gets some.
    /// </summary>
    public const int Fewest = 1_000;

    /// <summary>The probability with which an error that matters must be found.</summary>
    public const double Detection = 0.99;

    /// <summary>The error of a share that matters: 3 points, or half of a share (or of its complement) that is smaller than 6.</summary>
    private const double Error = 0.03;

    private const int Step = 100;

    /// <summary>The requests for shares that are judged together: the smallest multiple of 100 that finds an error in any of them.</summary>
    /// <param name="shares">The declared shares, each 0 to 1.</param>
    /// <param name="falseAlarm">How often each correct share may be refused.</param>
    public static int For(IReadOnlyCollection<double> shares, double falseAlarm = ShareTest.FalseAlarm) =>
        shares.Select(share => For(share, falseAlarm)).Append(Fewest).Max();

    private static int For(double share, double falseAlarm)
    {
        var requests = Fewest;
        while (requests < Most && !IsEnough(requests, share, falseAlarm))
        {
            requests += Step;
        }

        return requests;
    }

    private static bool IsEnough(int requests, double share, double falseAlarm) =>
        share is <= 0 or >= 1
        || (ShareTest.Detection(requests, share, share - Math.Min(Error, share / 2), falseAlarm) >= Detection
            && ShareTest.Detection(requests, share, share + Math.Min(Error, (1 - share) / 2), falseAlarm) >= Detection);
}
