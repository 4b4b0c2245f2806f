using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GopherMesh.Tests.Cluster.Differential.Generated;

/// <summary>A draft as JSON, by which two of them are told apart.</summary>
internal static class DraftJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        IgnoreReadOnlyProperties = true,
        Converters = { new PieceConverter() },
    };

    /// <summary>All of the draft: its configuration and its requests.</summary>
    public static string Text(Draft draft) => JsonSerializer.Serialize(draft, Options);

    /// <summary>A piece is its text; a tilde says that it is one of chance.</summary>
    private sealed class PieceConverter : JsonConverter<Piece>
    {
        private const char Chance = '~';

        public override Piece Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString()! is var text && text.StartsWith(Chance) ? new(text[1..], IsChance: true) : new(text);

        public override void Write(Utf8JsonWriter writer, Piece value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.IsChance ? $"{Chance}{value.Text}" : value.Text);
    }
}
