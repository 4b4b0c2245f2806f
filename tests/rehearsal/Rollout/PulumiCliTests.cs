using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Rollout;

namespace GopherMesh.Tests.Rehearsal.Rollout;

/// <summary>How the pulumi command is called, and the one that the stack's kubeconfig names, and what becomes of what they say; scripts stand in their place.</summary>
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
    public async Task A_missing_command_is_told_with_what_to_do()
    {
        var error = await Assert.ThrowsAsync<UserException>(
            () => new PulumiCli(_folder.FullName, "dev", Path.Combine(_folder.FullName, "none")).UpAsync([], "x", CancellationToken.None));

        Assert.Equal("the pulumi command is not on PATH", error.Message);
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

    [Fact]
    public async Task The_kubeconfigs_command_runs_once_for_each_token_and_not_for_each_call()
    {
        using var kubeconfig = new StackKubeconfig(Kubeconfig($$"""echo "$1 $TEAM $KUBERNETES_EXEC_INFO" >>calls; {{Token("t$(wc -l <calls)", DateTimeOffset.UtcNow.AddMinutes(14))}}"""));

        var files = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => kubeconfig.FileAsync(CancellationToken.None)));

        Assert.Equal("""{"clusters":[{"name":"c"}],"users":[{"name":"u","user":{"token":"t1"}}]}""", File.ReadAllText(Assert.Single(files.Distinct())));
        Assert.Equal("""get-token gophers {"apiVersion": "v1beta1", "kind": "ExecCredential", "spec": {"interactive": false}}""", Assert.Single(Calls()));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(files[0]) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public async Task A_token_that_ends_soon_is_replaced_and_where_the_command_fails_kubectl_runs_it()
    {
        var text = Kubeconfig($$"""echo >>calls; [[ $(wc -l <calls) -lt 3 ]] || exit 1; {{Token("t$(wc -l <calls)", DateTimeOffset.UtcNow.AddSeconds(30))}}""");
        using var kubeconfig = new StackKubeconfig(text);

        Assert.Contains("\"t1\"", File.ReadAllText(await kubeconfig.FileAsync(CancellationToken.None)), StringComparison.Ordinal);
        Assert.Contains("\"t2\"", File.ReadAllText(await kubeconfig.FileAsync(CancellationToken.None)), StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(await kubeconfig.FileAsync(CancellationToken.None)));
        Assert.Equal(text, File.ReadAllText(await kubeconfig.FileAsync(CancellationToken.None)));
        Assert.Equal(3, Calls().Length);
    }

    [Theory]
    [InlineData("users: [{name: u, user: {token: t}}]")]
    [InlineData("""{"users": [{"name": "u", "user": {"token": "t"}}]}""")]
    [InlineData("""{"users": [{"name": "u", "user": {"exec": {"command": "/none/there", "args": []}}}]}""")]
    public async Task A_kubeconfig_without_such_a_command_stays_as_it_is(string text)
    {
        using var kubeconfig = new StackKubeconfig(text);

        Assert.Equal(text, File.ReadAllText(await kubeconfig.FileAsync(CancellationToken.None)));
    }

    private static string Token(string token, DateTimeOffset until) =>
        $$$"""echo "{\"kind\": \"ExecCredential\", \"status\": {\"expirationTimestamp\": \"{{{until.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}}}\", \"token\": \"{{{token}}}\"}}" """;

    private string[] Calls() => File.ReadAllLines(Path.Combine(_folder.FullName, "calls"));

    private string Kubeconfig(string script) =>
        """{"clusters":[{"name":"c"}],"users":[{"name":"u","user":{"exec":{"apiVersion":"v1beta1","command":"COMMAND","args":["get-token"],"env":[{"name":"TEAM","value":"gophers"}]}}}]}"""
            .Replace("COMMAND", Script("aws", $"cd {_folder.FullName}; {script}"), StringComparison.Ordinal);

    private PulumiCli Pulumi(string script) => new(_folder.FullName, "dev", Script("pulumi", script));

    private string Script(string name, string script)
    {
        var path = Path.Combine(_folder.FullName, name);

        // A run in the background of a script ignores SIGINT, and a shell cannot trap what it ignored from its start; pulumi can.
        var shell = OperatingSystem.IsLinux() ? "#!/usr/bin/env -S --default-signal=INT bash" : "#!/usr/bin/env bash";
        File.WriteAllText(path, $"{shell}\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }
}
