using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>The <c>pulumi</c> command for one stack, as a person would type it: a process for each call.</summary>
/// <param name="folder">The folder of the Pulumi.yaml that it works with.</param>
/// <param name="stack">The stack's name.</param>
/// <param name="program">The command.</param>
internal sealed class PulumiCli(string folder, string stack, string program = "pulumi")
{
    // The lines of a failed command that are shown: the diagnostics stand at the end.
    private const int ShownLines = 30;

    // Of util-linux and busybox; macOS has none.
    private const string SetSid = "/usr/bin/setsid";

    // What the backends say of a stack that is being updated: a bucket or a folder, and Pulumi Cloud
    // (pulumi pkg/backend/diy/lock.go, "the stack is currently locked by"; pkg/backend/httpstate/client, HTTP status 409).
    private static readonly string[] Locked = ["the stack is currently locked by", "Another update is currently in progress"];

    /// <summary>How long a question may take; an update takes what it takes.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Where it works.</summary>
    public string Folder => folder;

    /// <summary>The same, before anything is begun with it.</summary>
    /// <exception cref="UserException">The command is not installed.</exception>
    public PulumiCli Installed() => IsOnPath(program) ? this : throw Missing(ExitCode.BadInput);

    /// <summary>Whether a command is there: a path, or a name that a folder of PATH has.</summary>
    public static bool IsOnPath(string command) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(path => File.Exists(Path.Combine(path, command)));

    /// <summary>Sets the values and updates the stack, in one run and without a preview.</summary>
    /// <param name="changes">The values; the command writes them into the stack's file.</param>
    /// <param name="message">Kept in the stack's history.</param>
    /// <param name="cancellation">Asks the update to stop as Ctrl-C does, and waits for its end.</param>
    /// <exception cref="UserException">The update failed, was cancelled, or the stack is locked.</exception>
    public async Task UpAsync(IEnumerable<ConfigChange> changes, string message, CancellationToken cancellation)
    {
        // Not --json: it writes every event of the engine with the whole state of the resource (pkg/backend/display, ShowJSONEvents), of which nothing is
        // needed here; and what is refused before the engine starts, a lock or a value, is text all the same.
        List<string> arguments = ["up", "--yes", "--skip-preview", "--non-interactive", "--color", "never", "--message", message];
        foreach (var change in changes)
        {
            arguments.AddRange(["--config", $"{change.Key}={change.Value}"]);
        }

        await RunAsync(arguments, cancellation);
    }

    /// <summary>Sets the values in the stack's file and deploys nothing.</summary>
    /// <exception cref="UserException">The command failed.</exception>
    public async Task ConfigureAsync(IEnumerable<ConfigChange> changes, CancellationToken cancellation) => await RunAsync(
        ["config", "set-all", .. changes.SelectMany(change => new[] { "--plaintext", $"{change.Key}={change.Value}" })], cancellation);

    /// <summary>The newest updates of the stack, newest first.</summary>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellation">Ends the command.</param>
    public async Task<IReadOnlyList<StackUpdate>> HistoryAsync(int count, CancellationToken cancellation)
    {
        var json = await AskAsync(["stack", "history", "--json", "--page-size", count.ToString(CultureInfo.InvariantCulture), "--page", "1"], cancellation);
        try
        {
            using var document = JsonDocument.Parse(json);
            return [.. document.RootElement.EnumerateArray().Select(StackUpdate.Of)];
        }
        catch (Exception unread) when (unread is JsonException or InvalidOperationException or FormatException)
        {
            throw new UserException(
                $"the stack's history cannot be read: {unread.Message}", "pulumi stack history --json", "Run that command and see what it prints.", ExitCode.NegativeVerdict);
        }
    }

    /// <summary>The stack's outputs, secrets among them.</summary>
    public async Task<JsonElement> OutputsAsync(CancellationToken cancellation)
    {
        try
        {
            using var document = JsonDocument.Parse(await AskAsync(["stack", "output", "--json", "--show-secrets"], cancellation));
            return document.RootElement.Clone();
        }
        catch (JsonException unread)
        {
            throw new UserException($"the stack's outputs cannot be read: {unread.Message}", "pulumi stack output --json", "Run that command and see what it prints.", ExitCode.NegativeVerdict);
        }
    }

    /// <summary>What others changed of the stack, as a digest in JSON; nothing is changed.</summary>
    /// <exception cref="UserException">The command failed, or the stack is locked.</exception>
    public Task<string> RefreshPreviewAsync(CancellationToken cancellation) =>
        RunAsync(["refresh", "--preview-only", "--json", "--non-interactive"], cancellation);

    /// <summary>What to do about the lock of an update that was killed.</summary>
    public static string OfLockLeftBehind(string stack) => $"If none is running, its lock was left behind: pulumi cancel --stack {stack}";

    // A backend that does not answer must not keep a rollout from its canary.
    private async Task<string> AskAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            return await RunAsync(arguments, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            var command = $"pulumi {string.Join(' ', arguments.Take(2))} --stack {stack}";
            throw new UserException(
                string.Create(CultureInfo.InvariantCulture, $"{command} does not answer within {Patience.TotalSeconds:0} s"), command, "Run that command and see why, then run the same command again.", ExitCode.NegativeVerdict);
        }
    }

    /// <summary>Runs a command of pulumi for the stack, and returns what it prints.</summary>
    /// <exception cref="UserException">It failed, or the stack is locked.</exception>
    public async Task<string> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        // In a session of its own Ctrl-C on the terminal does not reach it as well: the second one would end it at once.
        string[] command = File.Exists(SetSid) ? [SetSid, program] : [program];
        var start = new ProcessStartInfo(command[0], [.. command[1..], .. arguments, "--stack", stack])
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PULUMI_SKIP_UPDATE_CHECK"] = "true";
        if (command.Length > 1 && !IsOnPath(program))
        {
            throw Missing(ExitCode.CouldNot);
        }

        using var process = Started(start);
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None));

        // An update that is killed leaves its lock and half of its changes; one that is asked to stop ends what it has begun.
        await using (cancellation.Register(() => Signal(process)))
        {
            await process.WaitForExitAsync(CancellationToken.None);
        }

        var (said, failed) = (await output, await errors);
        cancellation.ThrowIfCancellationRequested();
        return process.ExitCode == 0 ? said : throw Failure(arguments, process.ExitCode, said, failed);
    }

    private static Process Started(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException("pulumi did not start");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw Missing(ExitCode.CouldNot);
        }
    }

    private static UserException Missing(int code) => new(
        "the pulumi command is not on PATH", "PATH", "Install it: https://www.pulumi.com/docs/install/.", code);

    private UserException Failure(IReadOnlyList<string> arguments, int code, string output, string errors)
    {
        var lines = $"{output}\n{errors}".Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var command = $"pulumi {string.Join(' ', arguments.Take(2).TakeWhile(word => !word.StartsWith('-')))} --stack {stack}";
        if (Array.Find(lines, line => Locked.Any(line.Contains)) is { } locked)
        {
            return new UserException(
                $"the stack is locked by another update: {locked}",
                command,
                $"Wait until that update has ended. {OfLockLeftBehind(stack)}. Then run the same command again.",
                ExitCode.Busy);
        }

        return new UserException(
            string.Join('\n', [$"{command} failed with exit code {code}:", .. lines.TakeLast(ShownLines).Select(line => $"    {line}")]),
            command,
            "Mend what it says, then run the same command again: it goes on from what the stack says.",
            ExitCode.NegativeVerdict);
    }

    private static void Signal(Process process)
    {
        // Without a session of its own it has had the terminal's Ctrl-C already.
        if (!process.HasExited && (File.Exists(SetSid) || Console.IsInputRedirected))
        {
            // .NET can end a process but not interrupt one.
            using var kill = Process.Start("/bin/sh", ["-c", $"kill -s INT {process.Id}"]);
            kill.WaitForExit();
        }
    }
}
