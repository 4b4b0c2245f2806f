using System.Text.Encodings.Web;
using System.Text.Json;

namespace GopherMesh.Infra.Settings;

/// <summary>One wrong setting, as it is shown: <c>gopher-mesh:canaryWeight: found 101; use a whole number from 0 to 100</c>.</summary>
/// <param name="Key">The full key, with the path of the member where it is one that is wrong.</param>
/// <param name="Found">The text that was found.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record SettingError(string Key, string Found, string Remedy)
{
    private const int LongestShown = 120;

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc/>
    public override string ToString() => $"{Key}: found {Show(Found)}; {Remedy}";

    // Quoted where the bare text would be invisible or break the line.
    private static string Show(string text)
    {
        var shown = text.Length <= LongestShown ? text : text[..LongestShown] + "...";
        return shown.Length > 0 && shown == shown.Trim() && !shown.Any(char.IsControl) ? shown : JsonSerializer.Serialize(shown, Readable);
    }
}
