using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Cluster.Rendered;

/// <summary>A Helm release that gopherctl rendered.</summary>
/// <param name="Document">name, chart, repository, version, namespace, after and values.</param>
/// <param name="ValuesFile">A file with the values alone, for helm.</param>
internal sealed record DeclaredRelease(JsonObject Document, string ValuesFile)
{
    public string Name => Text("name");
    public string Chart => Text("chart");
    public string Repository => Text("repository");
    public string Version => Text("version");
    public string Namespace => Text("namespace");

    /// <summary>The releases that have to be there first.</summary>
    public IReadOnlyList<string> After => [.. Document["after"]!.AsArray().Select(name => (string)name!)];

    public static DeclaredRelease Read(string file)
    {
        var document = DeclaredObject.ToJson(File.ReadAllText(file));
        var values = Path.ChangeExtension(file, ".values.json");
        File.WriteAllText(values, document["values"]!.ToJsonString());
        return new DeclaredRelease(document, values);
    }

    private string Text(string member) => (string)Document[member]!;
}
