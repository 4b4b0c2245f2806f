using System.Text.RegularExpressions;
using GopherMesh.Infra.Images;

namespace GopherMesh.Tests.Unit.Documents;

/// <summary>The paths in the documents stay right when files move.</summary>
public sealed partial class NamedPathsTests
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("docs/rollout.md")]
    [InlineData("docs/judge.md")]
    [InlineData("docs/recovery.md")]
    [InlineData("docs/architecture.md")]
    [InlineData("docs/article.md")]
    [InlineData("docs/security.md")]
    [InlineData("docs/settings.md")]
    [InlineData("docs/cost.md")]
    [InlineData("docs/checks.md")]
    [InlineData("docs/pipeline.md")]
    public void Every_path_that_a_document_names_exists(string document)
    {
        var root = RepositoryRoot.Find();
        var text = File.ReadAllText(Path.Combine(root, document));
        var folder = Path.GetDirectoryName(Path.Combine(root, document))!;
        var named = Named().Matches(text).Select(match => Path.Combine(root, match.Value.TrimEnd('.', '/')));
        var linked = Linked().Matches(text).Select(match => Path.Combine(folder, match.Groups["path"].Value));

        Assert.Empty(named.Concat(linked).Distinct().Where(path => !Path.Exists(path)).Select(path => Path.GetRelativePath(root, path)));
    }

    // A path from the root, in code or in a drawing; a path of the article, such as ../gopher-requester, does not count.
    [GeneratedRegex(@"(?<![\w./-])(infra|apps|tests|docs|scripts|observability)(/[\w.-]+)+")]
    private static partial Regex Named();

    [GeneratedRegex(@"\]\((?!https?:|#)(?<path>[^)#]+)")]
    private static partial Regex Linked();
}
