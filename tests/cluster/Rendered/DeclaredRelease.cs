using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Cluster.Rendered;

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
