namespace GopherMesh.Gopherctl.Watch;

/// <summary>What `watch` calls, and how often.</summary>
/// <param name="Url">The address to call, http or https.</param>
/// <param name="Requests">How many requests; null for as many as there is time.</param>
/// <param name="Rate">Requests a second, at most <see cref="MostRate"/>.</param>
/// <param name="Headers">Headers of every request.</param>
internal sealed record WatchOptions(Uri Url, int? Requests, double Rate, IReadOnlyList<KeyValuePair<string, string>> Headers)
{
    /// <summary>The article's loop: one request a second.</summary>
    public const double UsualRate = 1;

    /// <summary>Beyond this it is a load test, and whatever is called should have agreed to one.</summary>
    public const double MostRate = 1000;

    /// <summary>One request in a thousand seconds: slower than that, nobody is watching.</summary>
    public const double LeastRate = 0.001;
}
