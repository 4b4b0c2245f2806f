using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Render;

namespace GopherMesh.Tests.Rehearsal.Check;

/// <summary>What is no rendering, or only a part of one, is refused with the file and the remedy.</summary>
public sealed class RenderingReaderTests
{
    private const string Cluster = "urn:pulumi:dev::gopher-mesh::gopher-mesh:eks:Cluster::cluster";

    [Fact]
    public async Task What_is_read_is_what_was_declared()
    {
        var declaration = await Renderings.DeclareAsync("dev");

        var stack = Renderings.Render(declaration);

        Assert.Equal(ResourcesFile.Of(declaration).Write(), ResourcesFile.Of(stack.Declaration).Write());
        Assert.Equal(declaration.Resources.Count(resource => resource.Type == KubernetesObjects.ReleaseType), stack.Releases.Count);
    }

    [Theory]
    [InlineData("resources.json", "there is no resources.json")]
    [InlineData("helm/istiod.yaml", "Helm release istiod has no file")]
    [InlineData("-serviceaccount-gopher-requester.yaml", "ServiceAccount gophers/gopher-requester has no file")]
    public async Task A_missing_file(string path, string what) =>
        Refuses(what, await FilesAsync(files => files.Remove(files.Keys.Single(file => file.EndsWith(path, StringComparison.Ordinal)))));

    [Theory]
    [InlineData("readme.md", "", "'readme.md' is not from a rendering")]
    [InlineData("manifests/more/x.yaml", "", "'manifests/more/x.yaml' is not from a rendering")]
    [InlineData("manifests/999-x.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: x}}", "ConfigMap x is not in resources.json")]
    [InlineData("manifests/999-x.yaml", "{apiVersion: v1, kind: Namespace, metadata: {name: gophers}}", "Namespace gophers is there twice")]
    [InlineData("manifests/999-x.yaml", "{kind: ConfigMap}", "there is no apiVersion")]
    [InlineData("manifests/999-x.yaml", "a: [", "While parsing a node")]
    [InlineData("helm/x.yaml", "{name: x}", "Helm release x is not in resources.json")]
    [InlineData("helm/x.yaml", "- x", "must hold keys and values")]
    [InlineData("resources.json", "{", "not as render writes it")]
    [InlineData("resources.json", "{}", "not as render writes it")]
    [InlineData("resources.json", "null", "not as render writes it")]
    [InlineData("resources.json", """{"stack":"dev","stack":"dev","resources":[],"outputs":{}}""", "not as render writes it")]
    public async Task A_file_that_is_not_from_a_rendering(string path, string text, string what) =>
        Refuses(what, await FilesAsync(files => files[path] = text));

    [Theory]
    [InlineData($"\"parent\": \"{Cluster}\"", "\"parent\": \"nobody\"", "is not among the resources before it: nobody")]
    [InlineData(
        "\"provider\": \"urn:pulumi:dev::gopher-mesh::pulumi:providers:aws::aws\"",
        "\"provider\": \"nobody\"",
        "refers to a resource that is not there: nobody")]
    [InlineData(
        "\"urn\": \"urn:pulumi:dev::gopher-mesh::gopher-mesh:mesh:Istio::istio\"", $"\"urn\": \"{Cluster}\"", "is there twice")]
    [InlineData("\"retainOnDelete\": false,", "", "not as render writes it")]
    public async Task A_resource_that_is_not_as_render_writes_it(string text, string other, string what) =>
        Refuses(what, await FilesAsync(files =>
            files["resources.json"] = files["resources.json"].Replace(text, other, StringComparison.Ordinal)));

    [Fact]
    public void A_folder_that_is_not_there() => Assert.Throws<UserException>(() => RenderingFolder.Read("nowhere"));

    private static async Task<IReadOnlyDictionary<string, string>> FilesAsync(Action<SortedDictionary<string, string>> change)
    {
        var files = RenderedFiles.Of(await Renderings.DeclareAsync("dev"));
        change(files);
        return files;
    }

    private static void Refuses(string what, IReadOnlyDictionary<string, string> files)
    {
        var error = Assert.Throws<UserException>(() => RenderingReader.Read(files));

        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Where);
        Assert.Equal(ExitCode.BadInput, error.Code);
    }
}

/// <summary>Objects of others, in which anything may stand anywhere: a rule finds something or nothing, and never ends the check.</summary>
public sealed class ForeignShapeTests
{
    private static readonly string?[] Shapes = ["\"text\"", "7", "true", "[]", "{}", "[\"text\"]", "[7,null]", "{\"a\":\"b\"}", null];

    [Fact]
    public async Task No_value_of_another_type_ends_a_check()
    {
        var all = RenderedStack.Of(await Renderings.DeclareAsync("dev", "canaryVersion=v2", "canaryWeight=10", "observability=true"));
        // Of a folder no more than its objects are known; dashboards are long, and no rule reads their fields.
        var stack = all with { Declaration = new Declaration("(a folder)", [], []), Manifests = [.. all.Manifests.Where(manifest => manifest.Manifest.Kind != "ConfigMap")] };
        var defects = new HashSet<string>();
        // One of a kind has every field that the rules read.
        foreach (var (index, manifest) in stack.Manifests.Index().DistinctBy(found => found.Item.Manifest.Kind))
        {
            foreach (var path in manifest.Body.Walk().Select(found => found.Path).Where(path => path.Length > 0).ToList())
            {
                // Each place has one shape, and others like it another.
                var shape = Shapes[(path.Length + index) % Shapes.Length];
                var body = manifest.Body.DeepClone().AsObject();
                Replace(body, path, shape);
                try
                {
                    Policy.Check(stack with { Manifests = [.. stack.Manifests.Select((other, at) => at == index ? manifest with { Manifest = manifest.Manifest with { Body = body } } : other)] });
                }
                catch (Exception defect)
                {
                    defects.Add($"{manifest.Manifest.Kind} {path} = {shape}: {defect.GetType().Name} {defect.StackTrace!.Split('\n').First(line => line.Contains("Check.Rules", StringComparison.Ordinal)).Trim()}");
                }
            }
        }

        Assert.True(defects.Count == 0, string.Join('\n', defects));
    }

    private static void Replace(JsonNode root, string path, string? shape)
    {
        foreach (var (found, node) in root.Walk().ToList())
        {
            if (found != path)
            {
                continue;
            }

            var value = shape is null ? null : JsonNode.Parse(shape);
            if (node.Parent is JsonArray items)
            {
                items[node.GetElementIndex()] = value;
            }
            else
            {
                node.Parent![node.GetPropertyName()] = value;
            }
        }
    }
}
