using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Stacks;
using Pulumi;
using Pulumi.Testing;

namespace GopherMesh.Gopherctl.Program.Evaluation;

/// <summary>Evaluates the Pulumi program in this process, under Pulumi's own testing mocks.</summary>
public static class ProgramEvaluator
{
    private const string ConfigVariable = "PULUMI_CONFIG";

    // Config reaches a program only through the environment, which the whole process shares.
    private static readonly SemaphoreSlim OneAtATime = new(1, 1);

    /// <summary>The SDK that this gopherctl was built with: `real` or `stand-in`.</summary>
    public static string Sdk => typeof(Deployment).Assembly.GetName().Name == "Pulumi" ? "real" : "stand-in";

    /// <summary>Runs the program with a stack's config, as an update (not a preview) whose resources are all created.</summary>
    /// <exception cref="UserException">The config is wrong; the message has every error.</exception>
    public static async Task<Declaration> EvaluateAsync(EffectiveConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        await OneAtATime.WaitAsync();
        var (configBefore, exitCodeBefore) = (Environment.GetEnvironmentVariable(ConfigVariable), Environment.ExitCode);
        try
        {
            Environment.SetEnvironmentVariable(ConfigVariable, config.ToJson());
            return await RunAsync(config);
        }
        finally
        {
            // The SDK sets the exit code itself when a program fails; here it is for the command to say.
            Environment.ExitCode = exitCodeBefore;
            Environment.SetEnvironmentVariable(ConfigVariable, configBefore);
            OneAtATime.Release();
        }
    }

    private static async Task<Declaration> RunAsync(EffectiveConfig config)
    {
        var recording = RecordingStack.Current = new Recording();
        var mocks = new RecordingMocks();
        try
        {
            await Deployment.TestAsync<RecordingStack>(mocks, new TestOptions { ProjectName = config.Project, StackName = config.Stack, IsPreview = false });
        }
        catch (Exception) when (recording.WrongSettings is not null || config.SchemaErrors.Count > 0)
        {
            throw WrongConfig.Of(config, recording.WrongSettings);
        }

        if (config.SchemaErrors.Count > 0)
        {
            throw WrongConfig.Of(config, null);
        }

        return await new DeclarationBuilder(config, recording, mocks.Inputs).BuildAsync();
    }
}
