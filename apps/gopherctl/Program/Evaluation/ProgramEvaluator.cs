using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Infra;
using GopherMesh.Infra.Settings;
using Pulumi;

namespace GopherMesh.Gopherctl.Program.Evaluation;

/// <summary>Evaluates the Pulumi program in this process, under Pulumi's own testing mocks.</summary>
public static class ProgramEvaluator
{
    /// <summary>The SDK that this gopherctl was built with: `real` or `stand-in`.</summary>
    public static string Sdk => typeof(Deployment).Assembly.GetName().Name == "Pulumi" ? "real" : "stand-in";

    /// <summary>Runs the program with a stack's config, as an update (not a preview) whose resources are all created.</summary>
    /// <exception cref="UserException">The config is wrong; the message has every error.</exception>
    public static async Task<Declaration> EvaluateAsync(EffectiveConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var (mocks, warnings, wrong) = (new RecordingMocks(), new List<string>(), (SettingsException?)null);
        try
        {
            return await new ProgramRun(config.Project, config.Stack, config.ToJson(), mocks, Declare).RecordAsync(recording =>
                config.SchemaErrors.Count > 0
                    ? throw WrongConfig.Of(config, null)
                    : new DeclarationBuilder(config, recording, mocks.Inputs, warnings).BuildAsync());
        }
        catch (Exception failure) when (failure is not UserException && (wrong is not null || config.SchemaErrors.Count > 0))
        {
            throw WrongConfig.Of(config, wrong);
        }

        IDictionary<string, object?> Declare()
        {
            try
            {
                return GopherMeshStack.Declare(warnings.Add);
            }
            catch (SettingsException refusal)
            {
                wrong = refusal;
                throw;
            }
        }
    }
}

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
