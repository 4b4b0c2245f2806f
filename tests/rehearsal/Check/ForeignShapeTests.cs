using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Tests.Rehearsal.Check;

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
