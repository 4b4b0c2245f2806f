using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Cluster.Harness;

/// <summary>kubectl, on the cluster under test.</summary>
internal static class Kubectl
{
    /// <summary>What applies an object as Pulumi does: on the server, refusing unknown and doubled fields.</summary>
    public static readonly string[] StrictApply = ["apply", "--server-side", "--validate=strict", "--force-conflicts", "--field-manager=gopher-mesh-tests"];

    public static Task<string> RunAsync(params IEnumerable<string> arguments) => Command.RunAsync("kubectl", OnCluster(arguments));

    public static Task<CommandResult> TryAsync(params IEnumerable<string> arguments) => Command.TryAsync("kubectl", OnCluster(arguments));

    /// <summary>An object, or a list of them, as JSON.</summary>
    public static async Task<JsonNode> GetAsync(params IEnumerable<string> arguments) =>
        JsonNode.Parse(await RunAsync(["get", "-o", "json", .. arguments]))!;

    /// <summary>The items of a list.</summary>
    public static async Task<IReadOnlyList<JsonNode>> ListAsync(params IEnumerable<string> arguments) =>
        [.. (await GetAsync(arguments))["items"]!.AsArray().Select(item => item!)];

    /// <summary>An answer of the API server, e.g. through its proxy to a pod.</summary>
    public static Task<string> RawAsync(string path) => RunAsync("get", "--raw", path);

    /// <summary>Applies files in their order.</summary>
    public static Task<string> ApplyAsync(params IEnumerable<string> files) => RunAsync([.. StrictApply, .. files.Select(file => $"--filename={file}")]);

    /// <summary>Applies objects of the tests' own.</summary>
    public static async Task ApplyAsync(IEnumerable<JsonObject> objects)
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("gopher-objects-").FullName, "objects.json");
        await File.WriteAllTextAsync(file, new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "List",
            ["items"] = new JsonArray([.. objects.Select(item => item.DeepClone())]),
        }.ToJsonString());
        await ApplyAsync(file);
    }

    /// <summary>Waits until every pod of a Deployment is the declared one, ready, and no other is left.</summary>
    public static Task<string> RolledOutAsync(string @namespace, string deployment) =>
        RunAsync("--namespace", @namespace, "rollout", "status", $"deployment/{deployment}", "--timeout=180s");

    private static IEnumerable<string> OnCluster(IEnumerable<string> arguments) => ["--context", ClusterSettings.Context, .. arguments];
}
