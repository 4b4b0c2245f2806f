using System.Text.Json.Nodes;
using YamlDotNet.Serialization;

namespace GopherMesh.Tests.Cluster.Rendered;

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
