using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Gopherctl.Render;

namespace GopherMesh.Tests.Rehearsal.Check;

/// <summary>Renderings of the committed stacks: as they are, and broken in one place.</summary>
internal static class Renderings
{
    private static readonly ConcurrentDictionary<string, Task<Declaration>> Evaluated = [];

    /// <summary>What a stack declares with some settings, each <c>key=value</c>.</summary>
    public static Task<Declaration> DeclareAsync(string stack, params IEnumerable<string> settings) => Evaluated.GetOrAdd(
        string.Join('\n', settings.Prepend(stack)),
        _ => ProgramEvaluator.EvaluateAsync(EffectiveConfig.Read(RepositoryRoot.Find(), stack, settings)));

    /// <summary>The rendering of a stack, read back.</summary>
    public static async Task<RenderedStack> OfAsync(string stack, params IEnumerable<string> settings) =>
        Render(await DeclareAsync(stack, settings));

    /// <summary>What `render` would write of a declaration, read back.</summary>
    public static RenderedStack Render(Declaration declaration) => RenderingReader.Read(RenderedFiles.Of(declaration));

    /// <summary>The declaration with one resource changed.</summary>
    /// <param name="declaration">The declaration, which stays as it is.</param>
    /// <param name="resource">The resource's type and name, with a blank between them.</param>
    /// <param name="change">Makes another of it; its inputs are a copy, to be changed in place.</param>
    public static Declaration Change(this Declaration declaration, string resource, Func<DeclaredResource, DeclaredResource> change)
    {
        var changed = declaration.Resources.Single(candidate => $"{candidate.Type} {candidate.Name}" == resource);
        var copy = changed with { Inputs = changed.Inputs.DeepClone().AsObject() };
        var replaced = change(copy);
        return declaration with { Resources = [.. declaration.Resources.Select(candidate => candidate == changed ? replaced : candidate)] };
    }

    /// <summary>
    /// The declaration with the input at a path of one resource (JSON Pointer, without the first slash) replaced; null takes it away.
    /// </summary>
    public static Declaration Set(this Declaration declaration, string resource, string path, string? json) =>
        declaration.Change(resource, copy =>
        {
            Put(copy.Inputs, Steps(path), json);
            return copy;
        });

    /// <summary>Whether there is something at a path, as <see cref="Set"/> has it.</summary>
    public static bool Has(JsonNode root, string path) => Steps(path).Aggregate(
        (JsonNode?)root,
        (node, step) => node is JsonArray items ? items.ElementAtOrDefault(int.Parse(step, null)) : (node as JsonObject)?[step]) is not null;

    private static string[] Steps(string path) => [.. path.Split('/').Select(step => step.Replace("~1", "/", StringComparison.Ordinal))];

    private static void Put(JsonNode root, string[] path, string? json)
    {
        var parent = path.SkipLast(1).Aggregate(root, Step);
        var value = json is null ? null : JsonNode.Parse(json);
        if (parent is JsonArray list)
        {
            list[int.Parse(path[^1], null)] = value;
        }
        else if (value is null)
        {
            Assert.True(parent.AsObject().Remove(path[^1]), $"there is no {string.Join('/', path)}");
        }
        else
        {
            parent[path[^1]] = value;
        }
    }

    private static JsonNode Step(JsonNode node, string step) =>
        node is JsonArray items ? items[int.Parse(step, null)]! : node[step] ??= new JsonObject();
}
