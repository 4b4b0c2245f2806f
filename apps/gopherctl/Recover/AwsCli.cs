using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Stacks;

namespace GopherMesh.Gopherctl.Recover;

/// <summary>The <c>aws</c> command with a stack's region, profile and assumed role: a process for each call.</summary>
/// <param name="config">The stack's configuration.</param>
internal sealed class AwsCli(EffectiveConfig config)
{
    private readonly string _profile = config.Values.GetValueOrDefault("aws:profile", "");

    private Dictionary<string, string>? _roleKeys;

    /// <summary>The words of its answer.</summary>
    /// <exception cref="UserException">It failed, or is not installed.</exception>
    public async Task<IReadOnlyList<string>> AskAsync(IEnumerable<string> arguments, CancellationToken cancellation)
    {
        _roleKeys ??= await AssumeRoleAsync(cancellation);
        return await RunAsync(arguments, cancellation);
    }

    // As the kubeconfig and the publishing of images do it: the role's keys replace the profile.
    private async Task<Dictionary<string, string>> AssumeRoleAsync(CancellationToken cancellation)
    {
        if (JsonNode.Parse(config.Values.GetValueOrDefault("aws:assumeRoles", "[]")) is not JsonArray { Count: > 0 } roles || roles[0] is not JsonObject role)
        {
            return [];
        }

        _roleKeys = [];
        var keys = await RunAsync(
            [
                "sts", "assume-role", "--role-arn", $"{role["roleArn"]}", "--role-session-name", "gopherctl-recover",
                "--query", "Credentials.[AccessKeyId,SecretAccessKey,SessionToken]",
            ],
            cancellation);
        return new() { ["AWS_ACCESS_KEY_ID"] = keys[0], ["AWS_SECRET_ACCESS_KEY"] = keys[1], ["AWS_SESSION_TOKEN"] = keys[2] };
    }

    private async Task<IReadOnlyList<string>> RunAsync(IEnumerable<string> arguments, CancellationToken cancellation)
    {
        string[] profile = _profile.Length > 0 && _roleKeys is not { Count: > 0 } ? ["--profile", _profile] : [];
        string[] words = [.. arguments, "--region", config.Values.GetValueOrDefault("aws:region", ""), "--output", "text", .. profile];
        using var process = Started(words);
        process.StandardInput.Close();
        var (answer, errors) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode == 0
            ? [.. (await answer).Split((char[])[' ', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).Where(word => word != "None")]
            : throw new UserException(
                $"aws {words[0]} {words[1]} failed: {(await errors).Trim()}", "the aws command",
                "Mend what it says, then run the same command again: nothing was changed.", ExitCode.NegativeVerdict);
    }

    private Process Started(string[] arguments)
    {
        var start = new ProcessStartInfo("aws", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in _roleKeys ?? [])
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException("aws did not start");
        }
        catch (Win32Exception)
        {
            throw new UserException("the aws command is not on PATH", "PATH", "Install the AWS CLI 2.7 or later, then run the same command again.", ExitCode.NegativeVerdict);
        }
    }
}
