using System.Text.RegularExpressions;
using GopherMesh.Infra.Images;

namespace GopherMesh.Tests.Unit.Documents;

/// <summary>The paths in the documents stay right when files move.</summary>
public sealed partial class NamedPathsTests
{
    private static readonly string[] Folders = ["infra", "apps", "tests"];

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
    [InlineData("docs/eks.md")]
    [InlineData("docs/observability.md")]
    public void Every_path_that_a_document_names_exists(string document)
    {
        var root = RepositoryRoot.Find();
        var text = File.ReadAllText(Path.Combine(root, document));
        var folder = Path.GetDirectoryName(Path.Combine(root, document))!;
        var named = Named().Matches(text).Select(match => Path.Combine(root, match.Value.TrimEnd('.', '/')));
        var linked = Linked().Matches(text).Select(match => Path.Combine(folder, match.Groups["path"].Value));

        Assert.Empty(named.Concat(linked).Distinct().Where(path => !Path.Exists(path)).Select(path => Path.GetRelativePath(root, path)));
    }

    [Fact]
    public void Every_source_that_a_document_names_without_its_folder_exists()
    {
        var root = RepositoryRoot.Find();
        var sources = Folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories)).Select(Path.GetFileName).ToHashSet();
        var named = from document in Directory.EnumerateFiles(Path.Combine(root, "docs"), "*.md")
                    from Match source in Source().Matches(File.ReadAllText(document))
                    where !sources.Contains(source.Value.Trim('`'))
                    select $"{Path.GetFileName(document)}: {source.Value}";

        Assert.Empty(named);
    }

    // A path from the root, in code or in a drawing; a path of the article, such as ../gopher-requester, does not count.
    [GeneratedRegex(@"(?<![\w./-])(infra|apps|tests|docs|scripts|observability)(/[\w.-]+)+")]
    private static partial Regex Named();

    [GeneratedRegex("`[A-Z][A-Za-z]*[.]cs`")]
    private static partial Regex Source();

    [GeneratedRegex(@"\]\((?!https?:|#)(?<path>[^)#]+)")]
    private static partial Regex Linked();
}
