using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster.Differential.Generated;

/// <summary>What a real mesh answered to the configurations of a seed: written by a run with UPDATE_GOLDEN=1.</summary>
internal static class Recording
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new PieceConverter() },
    };

    private static string File => Path.Combine(Repository.Root, "tests/cluster/Differential/Generated/recorded.json");

    public static void Write(IEnumerable<Recorded> rows) =>
        System.IO.File.WriteAllText(File, $"[\n{string.Join(",\n", rows.Select(row => JsonSerializer.Serialize(row, Json)))}\n]\n");

    /// <summary>A draft as the recording has it.</summary>
    public static string Text(Draft draft) => JsonSerializer.Serialize(draft, Json);

    /// <summary>A piece is its text; a tilde says that it is one of chance.</summary>
    private sealed class PieceConverter : JsonConverter<Piece>
    {
        public override Piece Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var text = reader.GetString()!;
            return text.StartsWith('~') ? new Piece(text[1..], IsChance: true) : new Piece(text);
        }

        public override void Write(Utf8JsonWriter writer, Piece value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.IsChance ? $"~{value.Text}" : value.Text);
    }
}

/// <summary>A configuration, and what a real mesh made of it.</summary>
internal sealed record Recorded(Draft Draft, Answers Envoy);
