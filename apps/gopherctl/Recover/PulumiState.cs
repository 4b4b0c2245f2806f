using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Rollout;

namespace GopherMesh.Gopherctl.Recover;

/// <summary>The commands of pulumi that read and write a stack's state.</summary>
internal static class PulumiState
{
    /// <summary>Removes the lock of an update that does not run any more.</summary>
    /// <returns>Why nothing was removed; null where pulumi says that it was.</returns>
    public static async Task<string?> CancelAsync(this PulumiCli pulumi, CancellationToken cancellation)
    {
        try
        {
            await pulumi.RunAsync(["cancel", "--yes"], cancellation);
            return null;
        }
        catch (UserException nothing) when (nothing.Code is ExitCode.NegativeVerdict or ExitCode.Busy)
        {
            return nothing.Message;
        }
    }

    /// <summary>The state, with its secrets as they are encrypted.</summary>
    public static Task<string> ExportAsync(this PulumiCli pulumi, CancellationToken cancellation) => pulumi.RunAsync(["stack", "export"], cancellation);

    /// <summary>The state with its secrets in plain text, to be read and never written anywhere.</summary>
    public static Task<string> ExportInPlainTextAsync(this PulumiCli pulumi, CancellationToken cancellation) =>
        pulumi.RunAsync(["stack", "export", "--show-secrets"], cancellation);

    /// <summary>Replaces the state.</summary>
    /// <param name="pulumi">The stack.</param>
    /// <param name="state">What <see cref="ExportAsync"/> returned, or a changed form of it.</param>
    /// <param name="cancellation">Ends the command.</param>
    public static async Task ImportAsync(this PulumiCli pulumi, string state, CancellationToken cancellation)
    {
        // A temporary file of .NET is readable by this user alone.
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, state, cancellation);
            await pulumi.RunAsync(["stack", "import", "--file", file], cancellation);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Asks the providers about these resources and records what they answer; what does not exist leaves the state.</summary>
    public static Task<string> RefreshAsync(this PulumiCli pulumi, IEnumerable<string> urns, CancellationToken cancellation) => pulumi.RunAsync(
        ["refresh", "--yes", "--skip-preview", "--non-interactive", "--color", "never", .. urns.SelectMany(urn => new[] { "--target", urn })], cancellation);
}
