using System.Text.RegularExpressions;

namespace GopherMesh.Gopherctl.Rehearse.Verdict;

/// <summary>What a caller got for one request.</summary>
/// <param name="Text">The answer's line.</param>
/// <param name="Pod">The pod that the line names; null when it names none.</param>
/// <param name="Failure">Why the request counts as failed; null when it was answered.</param>
internal sealed partial record Answer(string Text, string? Pod, string? Failure)
{
    /// <summary>An answer as it came.</summary>
    public static Answer From(int status, string body)
    {
        var text = body.TrimEnd('\r', '\n');
        var pod = PodName().Match(text) is { Success: true } match ? match.Groups["pod"].Value : null;
        return new Answer(text, pod, (status, pod) switch
        {
            (not 200, _) => $"status {status}: {FirstLine(text)}",
            (_, null) => $"the answer names no pod: {FirstLine(text)}",
            _ => null,
        });
    }

    /// <summary>No answer at all.</summary>
    public static Answer None(string reason) => new("", null, reason);

    private static string FirstLine(string text) => text.Split('\n')[0];

    [GeneratedRegex(@" from pod (?<pod>[a-z0-9.-]+)")]
    private static partial Regex PodName();
}
