using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Pulumi;

namespace GopherMesh.Infra.Settings;

/// <summary>
/// The configuration is wrong; the message names every error. It is a <see cref="RunException"/>, so the engine shows the message
/// alone, without a stack trace.
/// </summary>
public sealed class SettingsException : RunException
{
    /// <summary>Reports <paramref name="errors"/>, all of them, one a line.</summary>
    public SettingsException(ImmutableArray<SettingError> errors)
        : base(Describe(errors)) => Errors = errors;

    /// <summary>Every error that was found, in the order of the settings.</summary>
    public ImmutableArray<SettingError> Errors { get; }

    private static string Describe(ImmutableArray<SettingError> errors)
    {
        var count = errors.Length == 1 ? "1 setting is" : $"{errors.Length} settings are";
        return string.Join('\n', [$"{count} wrong; nothing was declared:", .. errors.Select(error => $"  {error}")]);
    }
}

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
