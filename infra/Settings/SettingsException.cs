using System.Collections.Immutable;
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
