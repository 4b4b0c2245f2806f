using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Gopherctl.Render;
using YamlDotNet.RepresentationModel;

namespace GopherMesh.Tests.Rehearsal.Render;

/// <summary>Compared with golden.txt, which has all files one after the other: run with UPDATE_GOLDEN=1 to write it again, and look at what changed.</summary>
public sealed class RenderedFilesTests
{
    [Fact]
    public void Files_are_those_of_the_golden_text()
    {
        using var folder = new TempFolder();
        OutputFolder.Write(folder.Path, RenderedFiles.Of(Declared()));
        var written = string.Concat(Files(folder.Path).Select(file => $"==> {file} <==\n{File.ReadAllText(Path.Combine(folder.Path, file))}"));
        var golden = Path.Combine(RepositoryRoot.Find(), "tests", "rehearsal", "Render", "golden.txt");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(golden, written);
        }

        Assert.Equal(File.ReadAllText(golden), written);
    }

    [Fact]
    public void A_second_rendering_replaces_the_first_whole()
    {
        using var folder = new TempFolder();
        OutputFolder.Write(folder.Path, new Dictionary<string, string> { ["manifests/old.yaml"] = "a", ["same.json"] = "a" });

        OutputFolder.Write(folder.Path, new Dictionary<string, string> { ["new.yaml"] = "b", ["same.json"] = "b" });

        Assert.Equal([".rendered", "new.yaml", "same.json"], Files(folder.Path));
        Assert.Equal("b", File.ReadAllText(Path.Combine(folder.Path, "same.json")));
    }

    [Fact]
    public void A_second_rendering_goes_where_the_first_went_also_by_a_relative_path()
    {
        using var folder = new TempFolder();
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, folder.Path);
        OutputFolder.Write(relative, new Dictionary<string, string> { ["manifests/old.yaml"] = "a" });

        OutputFolder.Write(relative, new Dictionary<string, string> { ["new.yaml"] = "b" });

        Assert.Equal([".rendered", "new.yaml"], Files(folder.Path));
    }

    [Fact]
    public void A_folder_with_a_file_of_someone_elses_is_left_alone()
    {
        using var folder = new TempFolder();
        OutputFolder.Write(folder.Path, new Dictionary<string, string> { ["old.yaml"] = "a" });
        File.WriteAllText(Path.Combine(folder.Path, "mine.txt"), "");

        var error = Assert.Throws<UserException>(() => OutputFolder.Write(folder.Path, new Dictionary<string, string> { ["new.yaml"] = "b" }));

        Assert.Contains("'mine.txt'", error.Message, StringComparison.Ordinal);
        Assert.Equal([".rendered", "mine.txt", "old.yaml"], Files(folder.Path));
    }

    [Theory]
    [InlineData("kubernetes:yaml:ConfigFile")]
    [InlineData("kubernetes:helm.sh/v4:Chart")]
    [InlineData("kubernetes:apps/v1:DeploymentPatch")]
    public void What_only_a_provider_can_expand_is_refused(string type) =>
        Assert.Throws<NotSupportedException>(() => RenderedFiles.Of(new Declaration("dev", [Resource(type, "x", "{}")], [])));

    private static Declaration Declared() => new(
        "dev",
        [
            Resource("gopher-mesh:mesh:Mesh", "mesh", "{}"),
            Resource("kubernetes:core/v1:Namespace", "gophers", """{"apiVersion":"v1","kind":"Namespace","metadata":{"labels":{"istio-injection":"enabled"},"name":"gophers"}}"""),
            Resource("kubernetes:helm.sh/v3:Release", "istiod", """{"chart":"istiod","name":"istiod","namespace":"istio-system","repositoryOpts":{"repo":"https://example.com/charts"},"values":{"pilot":{"enabled":true}},"version":"1.31.0"}""", "istio-base"),
            Resource("kubernetes:helm.sh/v3:Release", "istio-base", """{"chart":"base","name":"istio-base","namespace":"istio-system","repositoryOpts":{"repo":"https://example.com/charts"},"version":"1.31.0"}"""),
            Resource("kubernetes:networking.istio.io/v1:VirtualService", "route", """{"apiVersion":"networking.istio.io/v1","kind":"VirtualService","metadata":{"name":"route","namespace":"gophers"},"spec":{"hosts":["*"],"http":[{"timeout":"4s","weight":50}]}}""", "service"),
            Resource("kubernetes:core/v1:Service", "service", """{"apiVersion":"v1","kind":"Service","metadata":{"name":"service","namespace":"gophers"},"spec":{"ports":[{"name":"http","port":80}]}}""", "gophers"),
            Resource("kubernetes:core/v1:Service", "looked-up", "{}") with { IsRead = true },
        ],
        new JsonObject { ["url"] = "http://example.com", ["kubeconfig"] = DeclaredResource.Secret });

    private static DeclaredResource Resource(string type, string name, string inputs, params string[] dependsOn) =>
        new(type, name, name, null, null, dependsOn, IsRead: false, JsonNode.Parse(inputs)!.AsObject());

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal);
}

/// <summary>JSON as YAML that every parser reads alike.</summary>
public sealed class JsonYamlTests
{
    [Theory]
    [InlineData("on")]
    [InlineData("Off")]
    [InlineData("yes")]
    [InlineData("n")]
    [InlineData("null")]
    [InlineData("~")]
    [InlineData("")]
    [InlineData("true")]
    [InlineData("8080")]
    [InlineData("1e3")]
    [InlineData("0x10")]
    [InlineData("1_000")]
    [InlineData("-5")]
    [InlineData(".inf")]
    [InlineData("12:30:45")]
    [InlineData("2026-11-22")]
    [InlineData("1.31.0")]
    [InlineData("*")]
    [InlineData("&a")]
    [InlineData("!x")]
    [InlineData("- a")]
    [InlineData("a: b")]
    [InlineData("a #b")]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData("{a}")]
    [InlineData("%")]
    [InlineData("@a")]
    [InlineData("tab\there")]
    [InlineData("trailing line\n")]
    [InlineData("quote\"and'quote")]
    [InlineData("ünïcödé")]
    public void What_might_be_taken_for_something_else_is_quoted_and_survives(string text)
    {
        var scalar = Assert.IsType<YamlScalarNode>(Parse(JsonYaml.Write(new JsonObject { ["key"] = text }))["key"]);

        Assert.Equal(text, scalar.Value);
        Assert.NotEqual(YamlDotNet.Core.ScalarStyle.Plain, scalar.Style);
    }

    [Theory]
    [InlineData("gopher-distributor")]
    [InlineData("app.kubernetes.io/name")]
    [InlineData("gopher-distributor.gophers.svc.cluster.local")]
    [InlineData("/healthz")]
    public void Plain_words_stay_plain(string text) =>
        Assert.Equal($"key: {text}\n", JsonYaml.Write(new JsonObject { ["key"] = text }));

    [Fact]
    public void Keys_are_quoted_by_the_same_rule() =>
        Assert.Equal("\"on\": 1\n\"8080\": 2\nname: 3\n", JsonYaml.Write(new JsonObject { ["on"] = 1, ["8080"] = 2, ["name"] = 3 }));

    [Fact]
    public void Numbers_flags_and_empty_collections_have_their_types() =>
        Assert.Equal(
            "a: 1\nb: 1.5\nc: true\nd: null\ne: []\nf: {}\ng:\n  - 1\n",
            JsonYaml.Write(JsonNode.Parse("""{"a":1,"b":1.5,"c":true,"d":null,"e":[],"f":{},"g":[1]}""")!));

    [Fact]
    public void Several_lines_are_a_block() =>
        Assert.Equal("key: |\n  one\n    two\n", JsonYaml.Write(new JsonObject { ["key"] = "one\n  two\n" }));

    private static YamlMappingNode Parse(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }
}
