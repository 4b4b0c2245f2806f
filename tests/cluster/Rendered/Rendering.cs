using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Tests.Cluster.Harness;
using YamlDotNet.Serialization;

namespace GopherMesh.Tests.Cluster.Rendered;

/// <summary>What <c>gopherctl render</c> wrote for the local stack with some settings changed.</summary>
/// <param name="Objects">The objects in the order in which they are applied.</param>
/// <param name="Releases">The Helm releases in the order in which they are installed.</param>
internal sealed record Rendering(IReadOnlyList<DeclaredObject> Objects, IReadOnlyList<DeclaredRelease> Releases)
{
    private static readonly ConcurrentDictionary<string, Task<Rendering>> Rendered = [];

    /// <summary>What was changed for this rendering, each <c>key=value</c>.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Renders the local stack with the images of the cluster under test; the same settings once.</summary>
    /// <param name="settings">Changed settings, each <c>key=value</c>; they win over those of the cluster.</param>
    public static Task<Rendering> OfAsync(params IReadOnlyList<string> settings) =>
        Rendered.GetOrAdd(string.Join('\n', settings), _ => RunAsync(settings));

    /// <summary>
    /// The versions that <see cref="OfAsync"/> knows, as a setting: v1 and v2 of the distributor, or another image for v2.
    /// </summary>
    public static string Versions(string v2) => $$"""versions={"v1":"{{ClusterSettings.DistributorImage}}","v2":"{{v2}}"}""";

    private static Rendering Read(string folder) => new(
        [.. Files(folder, "manifests").Select(DeclaredObject.Read)],
        InOrder([.. Files(folder, "helm").Select(DeclaredRelease.Read)]));

    /// <summary>The declared object of a kind and name.</summary>
    public DeclaredObject Single(string kind, string name) => Objects.Single(item => item.Kind == kind && item.Name == name);

    private static async Task<Rendering> RunAsync(IReadOnlyList<string> settings)
    {
        var folder = Directory.CreateTempSubdirectory("gopher-render-");
        var gopherctl = typeof(ExitCode).Assembly.Location;
        var merged = OfTheCluster().Concat(settings).GroupBy(setting => setting.Split('=')[0]).Select(group => group.Last());
        try
        {
            var changes = merged.SelectMany(setting => new[] { "--set", setting });
            await Command.RunAsync("dotnet", [gopherctl, "render", "--stack", "local", "--out", folder.FullName, .. changes]);
            return Read(folder.FullName) with { Settings = settings };
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<string> Files(string folder, string kind) =>
        Directory.GetFiles(Path.Combine(folder, kind), "*.yaml").Order(StringComparer.Ordinal);

    // The tests reach the gateway as callers do on EKS: by a load balancer.
    private static string[] OfTheCluster() =>
        [Versions(ClusterSettings.DistributorImage), $"requesterImage={ClusterSettings.RequesterImage}", "gatewayServiceType=LoadBalancer"];

    private static List<DeclaredRelease> InOrder(List<DeclaredRelease> releases)
    {
        List<DeclaredRelease> ordered = [];
        while (ordered.Count < releases.Count)
        {
            ordered.Add(releases.First(release => !ordered.Contains(release) && release.After.All(IsDone)));
        }

        return ordered;

        bool IsDone(string name) => ordered.Exists(done => done.Name == name);
    }
}

/// <summary>What differs between two renderings, in the program's order: creations and updates, then deletions in reverse.</summary>
internal sealed record Change(IReadOnlyList<DeclaredObject> Applied, IReadOnlyList<DeclaredObject> Deleted)
{
    /// <summary>The releases of both whose values differ. One that is new or gone is not a change of what is installed.</summary>
    public IReadOnlyList<DeclaredRelease> Upgraded { get; init; } = [];

    public static Change Between(Rendering before, Rendering after)
    {
        var old = before.Objects.ToDictionary(item => item.Identity);
        var kept = after.Objects.Select(item => item.Identity).ToHashSet();
        return new Change(
            [.. after.Objects.Where(item => !old.TryGetValue(item.Identity, out var was) || was.Text != item.Text)],
            [.. before.Objects.Where(item => !kept.Contains(item.Identity)).Reverse()])
        {
            Upgraded = [.. after.Releases.Where(next => before.Releases.Any(was => was.Name == next.Name && was.Text != next.Text))],
        };
    }
}

/// <summary>One object that gopherctl rendered.</summary>
/// <param name="Text">What was in its file.</param>
/// <param name="Body">The object.</param>
internal sealed record DeclaredObject(string Text, JsonObject Body)
{
    // Plain scalars get their YAML types, so that a number is a number in the JSON, too.
    private static readonly IDeserializer Yaml = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();
    private static readonly ISerializer Json = new SerializerBuilder().JsonCompatible().Build();

    public string Kind => (string)Body["kind"]!;
    public string Name => (string)Body["metadata"]!["name"]!;
    public string? Namespace => (string?)Body["metadata"]!["namespace"];

    /// <summary>The API group, empty for the core.</summary>
    public string Group => (string)Body["apiVersion"]! is var version && version.Contains('/') ? version.Split('/')[0] : "";

    /// <summary>What makes it the same object in another rendering.</summary>
    public string Identity => $"{Kind} {Namespace}/{Name}";

    /// <summary>What selects the pods of a Deployment.</summary>
    public string PodSelector =>
        string.Join(',', Body["spec"]!["selector"]!["matchLabels"]!.AsObject().Select(label => $"{label.Key}={label.Value}"));

    public static DeclaredObject Read(string file)
    {
        var text = File.ReadAllText(file);
        return new DeclaredObject(text, ToJson(text));
    }

    public static JsonObject ToJson(string yaml) => JsonNode.Parse(Json.Serialize(Yaml.Deserialize(yaml)!))!.AsObject();
}

/// <summary>A Helm release that gopherctl rendered.</summary>
/// <param name="Document">name, chart, repository, version, namespace, after and values.</param>
internal sealed record DeclaredRelease(JsonObject Document)
{
    public string Name => Member("name");
    public string Chart => Member("chart");
    public string Repository => Member("repository");
    public string Version => Member("version");
    public string Namespace => Member("namespace");

    /// <summary>All of it, to compare.</summary>
    public string Text => Document.ToJsonString();

    /// <summary>The values, as JSON.</summary>
    public string Values => Document["values"]!.ToJsonString();

    /// <summary>The releases that have to be there first.</summary>
    public IReadOnlyList<string> After => [.. Document["after"]!.AsArray().Select(name => (string)name!)];

    public static DeclaredRelease Read(string file) => new(DeclaredObject.ToJson(File.ReadAllText(file)));

    private string Member(string name) => (string)Document[name]!;
}
