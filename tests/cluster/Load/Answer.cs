using System.Text.RegularExpressions;

namespace GopherMesh.Tests.Cluster.Load;

/// <summary>One request and what came of it.</summary>
/// <param name="Number">Which request of its load it was, from 0.</param>
/// <param name="Sent">When it was sent, as a timestamp of Stopwatch.</param>
/// <param name="Latency">From then to the end of the answer.</param>
/// <param name="Status">The HTTP status; 0 when there was no answer.</param>
/// <param name="Text">The answer's first line, or the reason why there is none.</param>
internal sealed partial record Answer(int Number, long Sent, TimeSpan Latency, int Status, string Text)
{
    /// <summary>The distributor's version and pod, when the answer is one of the article's lines.</summary>
    private readonly Match _line = Article().Match(Text);

    public bool IsGood => Status == 200 && _line.Success;

    /// <summary>Which version answered, e.g. <c>v2</c>; null for a failure.</summary>
    public string? Version => IsGood ? $"v{_line.Groups["version"].Value}" : null;

    public string? Pod => IsGood ? _line.Groups["pod"].Value : null;

    public override string ToString() => $"{Status} {Text}";

    [GeneratedRegex(@"^Request >> Gopher Version (?<version>\d+) from pod (?<pod>[a-z0-9.-]+)( \([0-9a-f]{16}\))?$")]
    private static partial Regex Article();
}
