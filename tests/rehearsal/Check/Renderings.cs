using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Check.Rules;
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

/// <summary>Breaks one thing of what the dev stack declares, renders it, and holds what is found to what is expected.</summary>
internal static class Breakage
{
    /// <summary>The dev stack with a canary, which breaks no rule but the one that it says it breaks.</summary>
    private static Task<Declaration> CleanAsync() =>
        Renderings.DeclareAsync("dev", "canaryVersion=v2", "canaryWeight=10", "observability=true");

    /// <summary>Asserts that the broken stack has one finding more: of this rule, about this resource, telling of this.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="resource">What the finding is about.</param>
    /// <param name="what">Words of the finding.</param>
    /// <param name="breakage">Breaks the stack.</param>
    /// <param name="also">Rules that find the consequences of it elsewhere.</param>
    public static async Task FindsAsync(string rule, string resource, string what, Func<Declaration, Declaration> breakage, params string[] also)
    {
        var findings = await FindingsAsync(breakage);
        Assert.All(also, other => Assert.Contains(findings, finding => finding.Rule.Id == other));
        var found = Assert.Single(findings, finding => !also.Contains(finding.Rule.Id));

        Assert.Equal((rule, resource), (found.Rule.Id, found.Violation.Resource));
        Assert.Contains(what, found.Violation.Problem, StringComparison.Ordinal);
        Assert.NotEmpty(found.Violation.Remedy);
    }

    /// <summary>Asserts that the broken stack has this finding, among others that the same fault may have, each with what to do.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="resource">What the finding is about.</param>
    /// <param name="what">Words of the finding.</param>
    /// <param name="breakage">Breaks the stack.</param>
    public static async Task FindsAmongAsync(string rule, string resource, string what, Func<Declaration, Declaration> breakage)
    {
        var findings = await FindingsAsync(breakage);

        Assert.Contains(findings, finding => finding.Rule.Id == rule && finding.Violation.Resource == resource && finding.Violation.Problem.Contains(what, StringComparison.Ordinal));
        Assert.All(findings, finding => Assert.NotEmpty(finding.Violation.Remedy));
    }

    /// <summary>Asserts that a stack which is changed, and not broken, has no finding more.</summary>
    /// <param name="change">Changes the stack.</param>
    public static async Task FindsNothingAsync(Func<Declaration, Declaration> change) =>
        Assert.Equal([], (await FindingsAsync(change)).Select(finding => $"{finding.Rule.Id} {finding.Violation}"));

    /// <summary>What is found in the broken stack and not in the clean one.</summary>
    public static async Task<IReadOnlyList<Finding>> FindingsAsync(Func<Declaration, Declaration> breakage)
    {
        var clean = await CleanAsync();
        return [.. Policy.Check(Renderings.Render(breakage(clean))).Except(Policy.Check(Renderings.Render(clean)))];
    }

    /// <summary>A resource more.</summary>
    public static Declaration With(this Declaration declaration, string type, string name, string inputs, params string[] dependsOn)
    {
        var body = JsonNode.Parse(inputs)!.AsObject();
        var resource = new DeclaredResource(type, name, Urn(type, name), null, null, dependsOn, IsRead: false, body);
        return declaration with { Resources = [.. declaration.Resources, resource] };
    }

    /// <summary>The URN of a resource more.</summary>
    public static string Urn(string type, string name) => $"urn:pulumi:dev::gopher-mesh::{type}::{name}";

    /// <summary>A resource more that depends on all others, and so has its place in the order.</summary>
    public static Declaration WithLast(this Declaration declaration, string type, string name, string inputs) =>
        declaration.With(type, name, inputs, [.. declaration.Resources.Select(resource => resource.Urn)]);

    /// <summary>An output more.</summary>
    public static Declaration WithOutput(this Declaration declaration, string name, string value)
    {
        var outputs = declaration.Outputs.DeepClone().AsObject();
        outputs[name] = value;
        return declaration with { Outputs = outputs };
    }

    /// <summary>A Kubernetes object more, last in the order.</summary>
    /// <param name="declaration">The declaration, which stays as it is.</param>
    /// <param name="apiVersion">Its API version.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="name">The resource's name and the object's, with its namespace and a slash before it where it has one.</param>
    /// <param name="members">What it has besides metadata: the members of a JSON object, without the braces.</param>
    public static Declaration WithObject(this Declaration declaration, string apiVersion, string kind, string name, string members)
    {
        var body = JsonNode.Parse($$"""{"apiVersion":"{{apiVersion}}","kind":"{{kind}}","metadata":{},{{members}}}""")!.AsObject();
        var parts = name.Split('/');
        body["metadata"]!["name"] = parts[^1];
        if (parts.Length > 1)
        {
            body["metadata"]!["namespace"] = parts[0];
        }

        var group = apiVersion.Contains('/', StringComparison.Ordinal) ? apiVersion : $"core/{apiVersion}";
        return declaration.WithLast($"kubernetes:{group}:{kind}", parts[^1], body.ToJsonString());
    }

    /// <summary>The declaration without a resource's dependencies on what has URNs that end so.</summary>
    public static Declaration WithoutEdge(this Declaration declaration, string resource, string needed) => declaration.Change(
        resource,
        copy => copy with { DependsOn = [.. copy.DependsOn.Where(urn => !urn.EndsWith(needed, StringComparison.Ordinal))] });
}
