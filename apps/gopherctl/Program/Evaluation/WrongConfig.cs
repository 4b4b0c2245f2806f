using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Infra.Settings;

namespace GopherMesh.Gopherctl.Program.Evaluation;

/// <summary>The report of a wrong config: the program's own words and, for keys that it did not name, the engine's.</summary>
internal static class WrongConfig
{
    /// <summary>One error with everything in it.</summary>
    public static UserException Of(EffectiveConfig config, SettingsException? settings)
    {
        var named = settings?.Errors.Select(error => error.Key).ToList() ?? [];
        var ofEngine = config.SchemaErrors.Where(error => !named.Any(key => IsAbout(key, error.Key))).Select(error => error.Value);
        string[] lines = [.. settings is null ? [] : new[] { settings.Message }, .. ofEngine];
        return new UserException(
            string.Join('\n', lines),
            $"Pulumi.{config.Stack}.yaml, {ProjectFile.FileName} and --set",
            "Correct the config; nothing was started or written.");
    }

    // The program may name a member, as in gopher-mesh:versions.v1.
    private static bool IsAbout(string named, string key) =>
        named.StartsWith(key, StringComparison.Ordinal) && (named.Length == key.Length || named[key.Length] is '.' or '[');
}
