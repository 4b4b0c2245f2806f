using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Rollout;

namespace GopherMesh.Tests.Rehearsal.Rollout;

/// <summary>How the pulumi command is called, and what becomes of what it says; a script stands in its place.</summary>
public sealed class PulumiCliTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pulumi-cli");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task An_update_is_one_command_without_a_preview_that_sets_the_values()
    {
        await Pulumi("""printf '%s|' "$@" >arguments""").UpAsync([new("canaryVersion", "v2"), new("canaryWeight", "0")], "rollout v2: dark launch", CancellationToken.None);

        Assert.Equal(
            "up|--yes|--skip-preview|--non-interactive|--color|never|--message|rollout v2: dark launch|--config|canaryVersion=v2|--config|canaryWeight=0|--stack|dev|",
            File.ReadAllText(Path.Combine(_folder.FullName, "arguments")));
    }

    [Theory]
    [InlineData("error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.")]
    [InlineData("error: [409] Conflict: Another update is currently in progress.")]
    public async Task A_locked_stack_is_told_as_such_with_the_command_that_unlocks_it(string said)
    {
        var error = await Assert.ThrowsAsync<UserException>(() => Pulumi($"echo '{said}' >&2; exit 255").UpAsync([], "x", CancellationToken.None));

        Assert.StartsWith("the stack is locked by another update", error.Message, StringComparison.Ordinal);
        Assert.Contains("pulumi cancel --stack dev", error.Remedy, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Busy, error.Code);
    }

    [Fact]
    public async Task A_failed_update_shows_its_last_lines()
    {
        var error = await Assert.ThrowsAsync<UserException>(() => Pulumi("echo 'error: update failed'; exit 255").UpAsync([], "x", CancellationToken.None));

        Assert.Equal("pulumi up --stack dev failed with exit code 255:\n    error: update failed", error.Message);
    }

    [Fact]
    public async Task The_history_is_read_newest_first()
    {
        const string History = """[{"kind":"update","startTime":"2026-11-29T01:02:03.000Z","message":"rollout v2: step 5 %","result":"succeeded","version":7},{"version":6}]""";

        var updates = await Pulumi($"echo '{History}'").HistoryAsync(2, CancellationToken.None);

        Assert.Equal(new(7, "rollout v2: step 5 %", "succeeded", new(2026, 11, 29, 1, 2, 3, TimeSpan.Zero)), updates[0]);
        Assert.Equal(6, updates[1].Version);
    }

    [Fact]
    public async Task A_missing_command_is_told_with_what_to_do_and_is_bad_input_before_the_start_alone()
    {
        var missing = new PulumiCli(_folder.FullName, "dev", Path.Combine(_folder.FullName, "none"));
        var error = await Assert.ThrowsAsync<UserException>(() => missing.UpAsync([], "x", CancellationToken.None));

        Assert.Equal(("the pulumi command is not on PATH", ExitCode.CouldNot), (error.Message, error.Code));
        Assert.Equal(ExitCode.BadInput, Assert.Throws<UserException>(missing.Installed).Code);
    }

    // Nobody would look at the canary meanwhile.
    [Fact]
    public async Task A_question_without_an_answer_is_given_up()
    {
        var pulumi = Pulumi("exec sleep 600", TimeSpan.FromMilliseconds(100));

        var error = await Assert.ThrowsAsync<UserException>(() => pulumi.HistoryAsync(1, CancellationToken.None));

        Assert.Equal(("pulumi stack history --stack dev does not answer within 0 s", ExitCode.NegativeVerdict), (error.Message, error.Code));
        Assert.StartsWith("pulumi stack output --stack dev does not answer", (await Assert.ThrowsAsync<UserException>(() => pulumi.OutputsAsync(CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outputs_that_cannot_be_read_are_told_with_the_command_to_run()
    {
        var error = await Assert.ThrowsAsync<UserException>(() => Pulumi("echo 'warning: no JSON'").OutputsAsync(CancellationToken.None));

        Assert.StartsWith("the stack's outputs cannot be read: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupted_update_is_asked_to_stop_and_waited_for()
    {
        using var interrupt = new CancellationTokenSource();
        var updating = Pulumi("trap 'echo stopped >stopped; exit 1' INT; echo >started; while :; do sleep 0.05; done").UpAsync([], "x", interrupt.Token);
        while (!File.Exists(Path.Combine(_folder.FullName, "started")))
        {
            Assert.False(updating.IsCompleted);
            await Task.Delay(10);
        }

        await interrupt.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => updating.WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.True(File.Exists(Path.Combine(_folder.FullName, "stopped")));
    }

    private PulumiCli Pulumi(string script, TimeSpan? patience = null)
    {
        var path = Path.Combine(_folder.FullName, "pulumi");

        // A run in the background of a script ignores SIGINT, and a shell cannot trap what it ignored from its start; pulumi can.
        var shell = OperatingSystem.IsLinux() ? "#!/usr/bin/env -S --default-signal=INT bash" : "#!/usr/bin/env bash";
        File.WriteAllText(path, $"{shell}\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return new(_folder.FullName, "dev", path) { Patience = patience ?? TimeSpan.FromMinutes(1) };
    }
}
