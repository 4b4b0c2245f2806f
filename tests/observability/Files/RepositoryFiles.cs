using System.Text.Json.Nodes;
using YamlDotNet.Serialization;

namespace GopherMesh.Tests.Observability;

/// <summary>A file of the repository's folder <c>observability</c> as JSON, in which every scalar is a string.</summary>
internal static class YamlFile
{
    private static readonly IDeserializer Yaml = new DeserializerBuilder().Build();
    private static readonly ISerializer Json = new SerializerBuilder().JsonCompatible().Build();

    /// <summary>Reads the file at a path within the folder.</summary>
    public static JsonNode Read(params string[] path)
    {
        var file = Path.Combine([AppContext.BaseDirectory, "observability", .. path]);
        return JsonNode.Parse(Json.Serialize(Yaml.Deserialize<object>(File.ReadAllText(file))))!;
    }
}

/// <summary>The repository that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>Its root, the folder of Pulumi.yaml.</summary>
    public static string Root { get; } = Above(AppContext.BaseDirectory);

    private static string Above(string folder) =>
        File.Exists(Path.Combine(folder, "Pulumi.yaml")) ? folder : Above(Path.GetDirectoryName(folder)!);
}
