using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Gopherctl.Render;

namespace GopherMesh.Tests.Rehearsal.Render;

/// <summary>Held against the files of golden/: run with UPDATE_GOLDEN=1 to write them anew, and look at what changed.</summary>
public sealed class RenderedFilesTests
{
    [Fact]
    public void Files_are_those_of_the_golden_folder()
    {
        var files = RenderedFiles.Of(Declared());
        var golden = Path.Combine(RepositoryRoot.Find(), "tests", "rehearsal", "Render", "golden");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            OutputFolder.Write(golden, files);
        }

        Assert.Equal(Files(golden), files.Keys.Append(".rendered").Order(StringComparer.Ordinal));
        Assert.All(files, file => Assert.Equal(File.ReadAllText(Path.Combine(golden, file.Key)), file.Value));
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
