using GopherMesh.Gopherctl.Check;
using GopherMesh.Gopherctl.Declarations;

namespace GopherMesh.Tests.Rehearsal.Check;

/// <summary>Breaks one thing of what the dev stack declares, renders it, and holds what is found to what is expected.</summary>
internal static class Breakage
{
    /// <summary>The dev stack with a canary, which breaks no rule but the one that it says it breaks.</summary>
    private static Task<Declaration> CleanAsync() => Renderings.DeclareAsync("dev", "canaryVersion=v2", "canaryWeight=10", "observability=true");

    /// <summary>Asserts that the broken stack has one finding more: of this rule, about this resource, telling of this.</summary>
    public static async Task FindsAsync(string rule, string resource, string what, Func<Declaration, Declaration> breakage)
    {
        var found = Assert.Single(await FindingsAsync(breakage));

        Assert.Equal((rule, resource), (found.Rule.Id, found.Violation.Resource));
        Assert.Contains(what, found.Violation.Problem, StringComparison.Ordinal);
        Assert.NotEmpty(found.Violation.Remedy);
    }

    /// <summary>What is found in the broken stack and not in the clean one.</summary>
    public static async Task<IReadOnlyList<Finding>> FindingsAsync(Func<Declaration, Declaration> breakage)
    {
        var clean = await CleanAsync();
        return [.. Policy.Check(Renderings.Render(breakage(clean))).Except(Policy.Check(Renderings.Render(clean)))];
    }

    /// <summary>A resource more.</summary>
    public static Declaration With(this Declaration declaration, string type, string name, string inputs, params string[] dependsOn) => declaration with
    {
        Resources =
        [
            .. declaration.Resources,
            new DeclaredResource(type, name, $"urn:pulumi:dev::gopher-mesh::{type}::{name}", null, null, dependsOn, IsRead: false, System.Text.Json.Nodes.JsonNode.Parse(inputs)!.AsObject()),
        ],
    };

    /// <summary>A resource more that depends on all others, and so has its place in the order.</summary>
    public static Declaration WithLast(this Declaration declaration, string type, string name, string inputs) =>
        declaration.With(type, name, inputs, [.. declaration.Resources.Select(resource => resource.Urn)]);
}
