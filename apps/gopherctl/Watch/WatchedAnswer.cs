using System.Text.RegularExpressions;

namespace GopherMesh.Gopherctl.Watch;

/// <summary>What came of one request.</summary>
/// <param name="At">When it was sent.</param>
/// <param name="Latency">From sending it to the end of the answer, or to the failure.</param>
/// <param name="Status">The status; null when there was no answer.</param>
/// <param name="Text">The answer's first line; without an answer, the reason.</param>
internal sealed partial record WatchedAnswer(DateTimeOffset At, TimeSpan Latency, int? Status, string Text)
{
    /// <summary>The version that answered, e.g. <c>v1</c>; null where the line names none.</summary>
    public string? Version => Gopher().Match(Text) is { Success: true } line ? $"v{line.Groups["version"].Value}" : null;

    /// <summary>The pod that answered; null where the line names none.</summary>
    public string? Pod => Gopher().Match(Text) is { Success: true } line ? line.Groups["pod"].Value : null;

    /// <summary>No answer, or one that says that the caller or the system failed.</summary>
    public bool Failed => Status is null or >= 400;

    [GeneratedRegex(@"Gopher Version (?<version>\d+) from pod (?<pod>[a-z0-9.-]+)")]
    private static partial Regex Gopher();
}
