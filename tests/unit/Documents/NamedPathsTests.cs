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

/// <summary>The recovery page: whoever has a symptom finds the command that mends it.</summary>
public sealed partial class RecoveryPageTests
{
    private static readonly string[] NoSymptoms = ["What was tried", "Messages, and what to do"];

    private static readonly string Page = File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "docs", "recovery.md"));

    [Fact]
    public void Every_message_has_a_command_or_a_section_that_has_one()
    {
        var rows = Page.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1).ToList();

        Assert.InRange(rows.Count, 10, 100);
        Assert.All(rows, row => Assert.True(Command().IsMatch(Cells().Split(row)[2]) || Section().IsMatch(Cells().Split(row)[2]), row));
    }

    [Fact]
    public void Every_section_about_a_symptom_has_a_command()
    {
        var sections = Page.Split("\n## ").Skip(1).Where(section => !NoSymptoms.Contains(section.Split('\n')[0]));

        Assert.Empty(sections.Where(section => !Command().IsMatch(section) && !CommandOfBlock().IsMatch(section)).Select(section => section.Split('\n')[0]));
    }

    [Fact]
    public void Every_section_that_the_page_names_exists()
    {
        var headings = Page.Split('\n').Where(line => line.StartsWith('#')).Select(line => NoLetter().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

        Assert.Empty(Section().Matches(Page).Select(match => match.Groups["anchor"].Value).Except(headings));
    }

    // An update that ends otherwise than it should, as the tests on the real engine meet it.
    [Fact]
    public void Every_message_that_an_update_on_the_engine_has_ended_with_is_on_the_page()
    {
        var met = Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Find(), "tests", "engine"), "*.cs")
            .SelectMany(file => Met().Matches(File.ReadAllText(file))).Select(match => match.Groups["message"].Value).ToHashSet();

        Assert.InRange(met.Count, 5, 50);
        Assert.All(met, message => Assert.Contains(message, Whitespace().Replace(Page, " "), StringComparison.Ordinal));
    }

    // In code, and with something after the tool's name.
    [GeneratedRegex(@"`[^`]*?(?<![\w-])(pulumi|kubectl|aws|helm|dotnet|unset|find|until|curl|\./gopherctl) [^`]*`")]
    private static partial Regex Command();

    [GeneratedRegex(@"^(pulumi|kubectl|aws|helm|\./gopherctl) ", RegexOptions.Multiline)]
    private static partial Regex CommandOfBlock();

    [GeneratedRegex(@"\]\(#(?<anchor>[^)]+)\)")]
    private static partial Regex Section();

    // A bar in code is written \|.
    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Cells();

    [GeneratedRegex(@"[^\w -]")]
    private static partial Regex NoLetter();

    [GeneratedRegex(@"Assert\.Contains\(""(?<message>[^""]+)"", [^\n]*(FailingAsync\(|again\.Output|""--refresh"")")]
    private static partial Regex Met();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();
}
