using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Cluster.Rendered;

/// <summary>A Helm release that gopherctl rendered.</summary>
/// <param name="Document">name, chart, repository, version, namespace, after and values.</param>
internal sealed record DeclaredRelease(JsonObject Document)
{
    public string Name => Text("name");
    public string Chart => Text("chart");
    public string Repository => Text("repository");
    public string Version => Text("version");
    public string Namespace => Text("namespace");

    /// <summary>The values, as JSON.</summary>
    public string Values => Document["values"]!.ToJsonString();

    /// <summary>The releases that have to be there first.</summary>
    public IReadOnlyList<string> After => [.. Document["after"]!.AsArray().Select(name => (string)name!)];

    public static DeclaredRelease Read(string file) => new(DeclaredObject.ToJson(File.ReadAllText(file)));

    private string Text(string member) => (string)Document[member]!;
}
