using System.Text.RegularExpressions;
using GopherMesh.Infra.Observability;

namespace GopherMesh.Tests.Unit;

/// <summary>The lines that the documents give to look at the mesh are those of the stack's outputs.</summary>
public sealed partial class SeeTheMeshTests
{
    // On EKS, where kubectl needs no context of its own.
    private static readonly IReadOnlyCollection<string> Lines = ObservabilityTools.Commands(StackFiles.Dev().Read()).Values;

    [Fact]
    public void The_document_gives_every_line() => Assert.Equal(Lines.Order(), In(Section("## How to look")).Distinct().Order());

    [Fact]
    public void The_document_gives_no_other() => Assert.Equal([], In(File.ReadAllText(Document)).Except(Lines));

    private static IEnumerable<string> In(string text) => Command().Matches(text).Select(match => match.Value);

    // From its heading to the next of the same rank or above.
    private static string Section(string heading)
    {
        var text = File.ReadAllText(Document);
        var start = text.IndexOf($"\n{heading}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"docs/observability.md has no section '{heading}'");
        var end = NextHeading().Match(text, start + heading.Length + 2);
        return text[start..end.Index];
    }

    private static string Document => Path.Combine(AppContext.BaseDirectory, "project", "docs", "observability.md");

    // A line of its own in a block of code, or the code within a line.
    [GeneratedRegex("kubectl --namespace observability [^`#\\n]*[^`# \\n]")]
    private static partial Regex Command();

    [GeneratedRegex("^##{1,2} ", RegexOptions.Multiline)]
    private static partial Regex NextHeading();
}

/// <summary>A stack on an existing cluster with the tools that show the mesh.</summary>
internal static class SeenStack
{
    public const string Release = "kubernetes:helm.sh/v3:Release";
    public const string ConfigMap = "kubernetes:core/v1:ConfigMap";

    /// <summary>What it declares with <paramref name="changes"/> to its settings.</summary>
    public static Task<StackUnderTest> WithAsync(params (string, string)[] changes) =>
        StackUnderTest.DeclareAsync(StackFiles.Local([("observability", "true"), .. changes]));

    /// <summary>The release <paramref name="name"/> of it.</summary>
    public static async Task<DeclaredResource> ReleaseAsync(string name, params (string, string)[] changes) =>
        (await WithAsync(changes))[Release, name];
}
