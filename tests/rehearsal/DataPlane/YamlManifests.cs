using System.Globalization;
using System.Text.Json.Nodes;
using GopherMesh.DataPlane.Manifests;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace GopherMesh.Tests.Rehearsal.DataPlane;

/// <summary>Reads manifests as one would write them for kubectl.</summary>
internal static class YamlManifests
{
    public static IReadOnlyList<Manifest> Read(params IEnumerable<string> documents) =>
        [.. documents.SelectMany(ReadStream).Select(ToManifest)];

    private static IEnumerable<JsonObject> ReadStream(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return stream.Documents.Select(document => ToJson(document.RootNode)!.AsObject());
    }

    private static Manifest ToManifest(JsonObject body) => new(
        body["apiVersion"]!.GetValue<string>(),
        body["kind"]!.GetValue<string>(),
        body["metadata"]!["namespace"]?.GetValue<string>(),
        body["metadata"]!["name"]!.GetValue<string>(),
        body);

    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(child => KeyValuePair.Create(child.Key.ToString(), ToJson(child.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(ToJson)]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => ToJson(scalar.Value!),
        _ => JsonValue.Create(((YamlScalarNode)node).Value),
    };

    private static JsonValue? ToJson(string plain) => plain switch
    {
        "null" or "~" or "" => null,
        "true" or "false" => JsonValue.Create(plain == "true"),
        _ when long.TryParse(plain, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        _ when double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        _ => JsonValue.Create(plain),
    };
}
