using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GopherMesh.Tests.Cluster.Differential.Generated;

/// <summary>A draft as JSON, by which two of them are told apart.</summary>
internal static class DraftJson
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new PieceConverter() },
    };

    /// <summary>All of the draft: its configuration and its requests.</summary>
    public static string Text(Draft draft) => JsonSerializer.Serialize(draft, Json);

    /// <summary>A piece is its text; a tilde says that it is one of chance.</summary>
    private sealed class PieceConverter : JsonConverter<Piece>
    {
        public override Piece Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, Piece value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.IsChance ? $"~{value.Text}" : value.Text);
    }
}
