using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Judge;
using GopherMesh.Gopherctl.Rollout;
using GopherMesh.Tests.Rehearsal.Cli;
using Xunit.Abstractions;
using static GopherMesh.Tests.Rehearsal.Rollout.DeployedRolloutTests;

namespace GopherMesh.Tests.Rehearsal.Rollout;

/// <summary>
/// A rollout that is killed, alone or with the update that it had started, and run again until it ends: it is promoted or taken back, cluster and
/// configuration agree, and a lock that was left behind is told.
/// </summary>
/// <remarks>
/// The variable <c>GOPHER_KILLS</c> says how many rollouts are killed; 10 without it, one for each of <see cref="Aims"/>. Of more, every second one is killed
/// at an instant of its time, whatever happens then, and the canary's defect is drawn as well.
/// </remarks>
public sealed class InterruptedRolloutTests(ITestOutputHelper output)
{
    // A rollout of the fake stack takes some 17 seconds.
    private const int LongestLife = 18_000;
    private const int LongestDelay = 300;

    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("GOPHER_KILLS") ?? "10", CultureInfo.InvariantCulture);

    private static readonly int AtOnce = Math.Max(5, Kills / 20);

    /// <summary>Where a canary turns bad, and in which stage its rollout is killed.</summary>
    private static readonly (string Defect, string Stage)[] Aims =
    [
        ("copies", "before the first update"), ("copies", "update to dark launch"), ("", "dark launch"), ("step", "update to step"), ("step", "step"),
        ("slow step", "cut while the update runs"), ("bake", "update to bake"), ("in the bake", "bake"), ("in the bake", "update of the way back"), ("", "promotion"),
    ];

    private static readonly string[] Defects = ["", "copies", "step", "slow step", "bake", "in the bake"];

    private readonly ConcurrentDictionary<string, int> _stages = [];
    private int _promoted;
    private int _takenBack;
    private int _locksTold;
    private int _runs;

    [Fact]
    public async Task A_killed_rollout_is_finished_by_the_same_command()
    {
        var random = new Random(20261129);
        var cases = Enumerable.Range(0, Kills).Select(number =>
        {
            var aim = number < Aims.Length || number % 2 == 0 ? Aims[number % Aims.Length] : (Defects[random.Next(Defects.Length)], "");
            return new Kill(number, aim.Item1, aim.Item2, random.Next(aim.Item2.Length > 0 ? LongestDelay : LongestLife), random.Next(2) == 0);
        }).ToList();

        await Parallel.ForEachAsync(cases, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (kill, _) => await KillAsync(kill));

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Kills} killed: {_promoted} promoted and {_takenBack} taken back by {_runs} runs after the kills; {_locksTold} of these told of a lock"));
        output.WriteLine(string.Join("; ", _stages.OrderBy(stage => stage.Key, StringComparer.Ordinal).Select(stage => $"{stage.Key}: {stage.Value}")));
        Assert.Equal(Kills, _promoted + _takenBack);
        Assert.True(_stages.Count >= 6, "the kills fall into too few stages");
    }

    private async Task KillAsync(Kill kill)
    {
        using var stack = new FakeStack
        {
            Failing = kill.Defect.Length > 0 ? 0.5 : 0,
            FailingFrom = kill.Defect switch { "step" or "slow step" => 50, "bake" or "in the bake" => 100, _ => 0 },
            FailingSince = kill.Defect == "in the bake" ? "bake at 100 %" : "",
        };
        await stack.ConfigureAsync("rolloutBakeSeconds=3");
        if (kill.Defect == "slow step")
        {
            stack.Write("lingers", "");
        }

        using (var process = stack.Start("rollout", "v2"))
        {
            var ended = process.WaitForExitAsync();
            while (kill.Stage.Length > 0 && StageOf(stack) != kill.Stage && !process.HasExited)
            {
                await Task.Delay(10);
            }

            // The instant is the random part of the test.
            await Task.WhenAny(Task.Delay(kill.Delay), ended);
            _stages.AddOrUpdate(process.HasExited ? "after its end" : StageOf(stack), 1, (_, count) => count + 1);
            process.Kill(kill.WithUpdate);
            await ended;
        }

        await FinishAsync(stack, kill);
    }

    private async Task FinishAsync(FakeStack stack, Kill kill)
    {
        List<string> said = [];
        for (var run = 0; run < 10; run++)
        {
            var ended = await RunAsync(stack, kill);
            Interlocked.Increment(ref _runs);
            said.Add($"{ended.ExitCode}: {ended.Error}{ended.Output}");
            if (ended.ExitCode != ExitCode.Busy && (ended.Error.Contains("is the stable version already", StringComparison.Ordinal) || ended.ExitCode is 0 or (int)RolloutEnd.TakenBack))
            {
                var isBad = kill.Defect.Length > 0;
                _ = isBad ? Interlocked.Increment(ref _takenBack) : Interlocked.Increment(ref _promoted);
                AssertEnded(stack, isBad, $"{kill}: {string.Join("\n", said)}");
                return;
            }
        }

        Assert.Fail($"{kill} does not end: {string.Join("\n", said)}");
    }

    // A lock is told with what to do: the update goes on by itself, or its lock was left behind. A way back waits for it meanwhile.
    private async Task<GopherctlRun> RunAsync(FakeStack stack, Kill kill)
    {
        using var process = stack.Start("rollout", "v2");
        var error = new StringBuilder();
        process.ErrorDataReceived += (_, told) =>
        {
            error.AppendLine(told.Data);
            if (told.Data?.Contains("pulumi cancel --stack", StringComparison.Ordinal) == true)
            {
                Interlocked.Increment(ref _locksTold);
                if (kill.WithUpdate)
                {
                    stack.Cancel();
                }
            }
        };
        process.BeginErrorReadLine();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return new(process.ExitCode, output, error.ToString());
    }

    private static string StageOf(FakeStack stack)
    {
        var (last, isUpdating) = (stack.Read("begun").Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "", stack.Has("lock"));
        var stage = last switch
        {
            "" => "before the first update",
            _ when UpdateMessage.IsWayBack(last) => isUpdating ? "update of the way back" : "end of the way back",
            _ when last.Contains(": promotion", StringComparison.Ordinal) => "promotion",
            _ when stack.Has("patched") => isUpdating ? "cut while the update runs" : "way back before its update",
            _ when last.Contains(": bake", StringComparison.Ordinal) => "bake",
            _ when last.Contains(": step", StringComparison.Ordinal) => "step",
            _ => "dark launch",
        };
        return isUpdating && stage is ("bake" or "step" or "dark launch") ? $"update to {stage}" : stage;
    }

    private static void AssertEnded(FakeStack stack, bool isBad, string what)
    {
        var end = isBad ? new StackState("v1", "v2", 0) : new StackState("v2", null, 0);
        Assert.True(stack.Configured == end && stack.InForce == $"{end.Stable}/{end.Canary}/{end.Weight}" && !stack.Has("lock"), $"{stack.Configured}; {stack.InForce}; {what}");
    }

    /// <param name="Number">The case.</param>
    /// <param name="Defect">Where the canary turns bad; empty: it does not.</param>
    /// <param name="Stage">Where the rollout is killed; empty: anywhere.</param>
    /// <param name="Delay">Milliseconds from there, or from its start.</param>
    /// <param name="WithUpdate">Whether the update that it had started is killed too.</param>
    private sealed record Kill(int Number, string Defect, string Stage, int Delay, bool WithUpdate);
}

/// <summary>The way back that a person asks for, while a rollout runs or an update has the stack, and what is told of a rollout.</summary>
public class WayBackTests
{
    [Theory]
    [InlineData("rollout", "--abort")]
    [InlineData("shift", "0")]
    public async Task A_rollout_that_judges_is_told_and_takes_the_canary_back(string command, string argument)
    {
        using var stack = new FakeStack();
        using var rollout = await AtStepAsync(stack);

        var back = await stack.RunAsync(command, argument);
        var run = await FakeStack.EndOfAsync(rollout);

        Assert.True((back.ExitCode, run.ExitCode) == (0, (int)RolloutEnd.TakenBack), $"{back}\n{run}");
        Assert.Equal((new StackState("v1", "v2", 0), "v1/v2/0"), (stack.Configured, stack.InForce));
        Assert.Contains("it is told to take the canary back", back.Error, StringComparison.Ordinal);
        Assert.Contains("taken back: somebody has taken the canary back by hand", run.Output, StringComparison.Ordinal);
        Assert.Equal(
            ["rollout v2: dark launch", "rollout v2: step 50 %", "rollout v2: taken back at step 50 %: somebody has taken the canary back by hand"],
            Begun(stack));
    }

    [Fact]
    public async Task An_update_that_raises_the_weight_meanwhile_is_cut_as_often_as_it_does()
    {
        using var stack = new FakeStack();
        using var rollout = await AtDarkLaunchAsync(stack);
        stack.Write("hangs", "");
        await Eventually(() => stack.InForce == "v1/v2/50");

        using var abort = stack.Start("rollout", "--abort");
        await Eventually(() => stack.InForce == "v1/v2/0");
        stack.Write("inForce", "v1/v2/50\n");
        await Eventually(() => stack.InForce == "v1/v2/0");
        Assert.True(stack.Has("lock"));
        stack.Delete("hangs");
        var (back, run) = (await FakeStack.EndOfAsync(abort), await FakeStack.EndOfAsync(rollout));

        Assert.True((back.ExitCode, run.ExitCode) == (0, (int)RolloutEnd.TakenBack), $"{back}\n{run}");
        Assert.Equal((new StackState("v1", "v2", 0), "v1/v2/0"), (stack.Configured, stack.InForce));
        Assert.StartsWith("rollout v2: taken back at step 50 %", Begun(stack)[^1], StringComparison.Ordinal);
    }

    // Its gopherctl was killed, or runs on another machine.
    [Fact]
    public async Task An_update_that_has_the_lock_of_the_stack_is_cut_and_waited_for()
    {
        using var stack = new FakeStack();
        using (var rollout = await AtDarkLaunchAsync(stack))
        {
            stack.Write("hangs", "");
            await Eventually(() => stack.InForce == "v1/v2/50");
            rollout.Kill();
        }

        using var abort = stack.Start("rollout", "--abort");
        await Eventually(() => stack.InForce == "v1/v2/0");
        stack.Write("inForce", "v1/v2/50\n");
        await Eventually(() => stack.InForce == "v1/v2/0");
        stack.Delete("hangs");
        var back = await FakeStack.EndOfAsync(abort);

        Assert.True(back.ExitCode == 0, back.ToString());
        Assert.Equal((new StackState("v1", "v2", 0), "v1/v2/0"), (stack.Configured, stack.InForce));
    }

    [Fact]
    public async Task The_way_back_of_a_rollout_cuts_and_waits_as_well_while_another_update_has_the_lock()
    {
        using var stack = new FakeStack { Failing = 1 };
        stack.Write("inForce", "v1/v2/50\n");
        await SetAsync(stack, "v2", 50);
        stack.Write("lock", "another machine");
        using var rollout = stack.Start("rollout", "v2");
        while (await rollout.StandardError.ReadLineAsync() is { } line && !line.Contains("300 s from now at the latest; v2 gets no request meanwhile", StringComparison.Ordinal))
        {
        }

        stack.Write("inForce", "v1/v2/50\n");
        await Eventually(() => stack.InForce == "v1/v2/0" || rollout.HasExited);
        stack.Cancel();
        var run = await FakeStack.EndOfAsync(rollout);

        Assert.True(run.ExitCode == (int)RolloutEnd.TakenBack, run.ToString());
        Assert.Equal((new StackState("v1", "v2", 0), "v1/v2/0"), (stack.Configured, stack.InForce));
    }

    [Fact]
    public async Task A_lock_that_stays_ends_the_way_back_with_the_canary_without_requests()
    {
        using var stack = new FakeStack();
        stack.Write("inForce", "v1/v2/50\n");
        await SetAsync(stack, "v2", 50);
        stack.Write("lock", "another machine");

        var back = await stack.RunAsync("shift", "0", "--wait", "1");

        Assert.Equal((ExitCode.Busy, "v1/v2/0"), (back.ExitCode, stack.InForce));
        Assert.Contains("1 s from now at the latest; v2 gets no request meanwhile", back.Error, StringComparison.Ordinal);
        Assert.Contains("v2 gets no request any more, since the VirtualService on the cluster was changed first; but the stack has not been updated", back.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("2")]
    public async Task A_way_back_waits_no_longer_than_it_is_told_and_says_what_is_left(string seconds)
    {
        using var stack = new FakeStack();
        using var rollout = await AtDarkLaunchAsync(stack);
        stack.Write("hangs", "");
        await Eventually(() => stack.InForce == "v1/v2/50");

        var back = await stack.RunAsync("rollout", "--abort", "--wait", seconds);
        Assert.Equal((ExitCode.Busy, "v1/v2/0"), (back.ExitCode, stack.InForce));
        Assert.Contains($"has not ended within {seconds} s: it raises the weight no more, and the stack has not been updated", back.Error, StringComparison.Ordinal);

        // It has been told all the same.
        stack.Delete("hangs");
        Assert.Equal(((int)RolloutEnd.TakenBack, "v1/v2/0"), ((await FakeStack.EndOfAsync(rollout)).ExitCode, stack.InForce));
    }

    [Fact]
    public async Task A_shift_that_is_told_while_it_updates_takes_the_canary_back_after_it()
    {
        using var stack = new FakeStack();
        using (var rollout = await AtStepAsync(stack))
        {
            rollout.Kill();
        }

        stack.Write("hangs", "");
        using var shift = stack.Start("shift", "25");
        await Eventually(() => stack.InForce == "v1/v2/25");

        var back = await stack.RunAsync("rollout", "--abort", "--wait", "0");
        stack.Delete("hangs");
        var run = await FakeStack.EndOfAsync(shift);

        Assert.Equal(ExitCode.Busy, back.ExitCode);
        Assert.Equal((new StackState("v1", "v2", 0), "v1/v2/0"), (stack.Configured, stack.InForce));
        Assert.NotEqual(ExitCode.Success, run.ExitCode);
        Assert.Contains("somebody has taken the canary back by hand", run.Error, StringComparison.Ordinal);
    }

    // Also where a run that was killed had begun with it.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_canary_that_is_being_promoted_is_not_taken_back(bool isFinished)
    {
        using var stack = new FakeStack();
        if (isFinished)
        {
            stack.Write("inForce", "v1/v2/100\n");
            await SetAsync(stack, "v2", 100);
            await stack.ConfigureAsync("stableVersion=v2", "canaryVersion=", "canaryWeight=0");
            stack.Write("hangs", "");
        }

        await stack.ConfigureAsync("rolloutBakeSeconds=5");
        using var rollout = stack.Start("rollout", "v2");
        await Eventually(() => isFinished || (stack.Read("history").Contains("bake at 100 %", StringComparison.Ordinal) && !stack.Has("lock")));
        stack.Write("hangs", "");
        await Eventually(() => stack.InForce == "v2//0");

        using var abort = stack.Start("rollout", "--abort");
        while (await abort.StandardError.ReadLineAsync() is { } line && !line.Contains("is told to take the canary back", StringComparison.Ordinal))
        {
        }

        stack.Delete("hangs");
        var (back, run) = (await FakeStack.EndOfAsync(abort), await FakeStack.EndOfAsync(rollout));

        Assert.Equal((ExitCode.CouldNot, 0, "v2//0", ""), (back.ExitCode, run.ExitCode, stack.InForce, stack.Read("patched")));
        Assert.Contains("v2 was being promoted already: it is the stable version", back.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_no_word_can_be_written_that_is_an_error_and_no_endless_try()
    {
        using var folder = new TempFolder();
        using var ownership = new StackOwnership("dev", Path.Combine(folder.Path, "gone"));

        Assert.StartsWith("whoever moves the stack cannot be told: ", Assert.Throws<UserException>(() => ownership.AskBack()).Message, StringComparison.Ordinal);
        Assert.StartsWith("whether another rollout of stack dev runs on this machine cannot be told: ", Assert.Throws<UserException>(() => ownership.TryTake()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_the_way_back_and_the_promotion_the_first_word_counts_and_the_next_rollout_forgets_it()
    {
        using var folder = new TempFolder();
        using var other = new StackOwnership("dev", folder.Path);
        using (var rollout = new StackOwnership("dev", folder.Path))
        {
            rollout.Take();
            Assert.True(!other.TryTake() && !rollout.IsBackAsked && other.AskBack() && other.AskBack());
            Assert.True(rollout.IsBackAsked && !rollout.BeginPromotion());
        }

        Assert.True(other.TryTake() && !other.IsBackAsked);
        Assert.True(other.BeginPromotion() && !other.AskBack() && !other.IsBackAsked);
    }

    // The engineer on call has a clone whose file the pipeline has not committed yet.
    [Theory]
    [InlineData("rollout", "--abort")]
    [InlineData("shift", "0")]
    public async Task A_canary_that_another_clone_has_brought_is_taken_back_and_this_one_knows_it_then(string command, string argument)
    {
        using var stack = new FakeStack();
        await OfAnotherCloneAsync(stack, "v1/v2/50");

        var back = await stack.RunAsync(command, argument);

        Assert.True(back.ExitCode == 0, back.ToString());
        Assert.Equal((new StackState("v1", "v2", 0), "v1/v2/0", "0\n"), (stack.Configured, stack.InForce, stack.Read("patched")));
        Assert.Single(Begun(stack));
    }

    // Its first update runs, and no update in the history has it.
    [Fact]
    public async Task A_canary_that_only_the_routes_have_is_taken_back()
    {
        using var stack = new FakeStack();
        await OfAnotherCloneAsync(stack, "v1//0");
        stack.Write("inForce", "v1/v2/20\n");

        var back = await stack.RunAsync("rollout", "--abort");

        Assert.True((back.ExitCode, stack.InForce) == (0, "v1/v2/0"), back.ToString());
        Assert.Equal(new StackState("v1", "v2", 0), stack.Configured);
    }

    [Theory]
    [InlineData("v1//0", "", ExitCode.BadInput, "there is no canary to take back")]
    [InlineData("v1//0", "unreachable", ExitCode.CouldNot, "Unable to connect to the server")]
    public async Task Nothing_to_do_is_said_only_where_history_and_cluster_say_so(string inForce, string fault, int status, string said)
    {
        using var stack = new FakeStack();
        await OfAnotherCloneAsync(stack, inForce);
        if (fault.Length > 0)
        {
            stack.Write(fault, "");
        }

        var back = await stack.RunAsync("rollout", "--abort");

        Assert.True(back.ExitCode == status, back.ToString());
        Assert.Contains(said, back.Error, StringComparison.Ordinal);
        Assert.Contains("stack history", stack.Read("asked"), StringComparison.Ordinal);
        Assert.Contains("get virtualservices", stack.Read("calls"), StringComparison.Ordinal);
        Assert.Empty(Begun(stack));
    }

    [Fact]
    public async Task A_clone_with_other_settings_takes_the_requests_and_leaves_the_update_to_one_that_has_them()
    {
        using var stack = new FakeStack();
        await OfAnotherCloneAsync(stack, "v1/v2/50");
        await stack.ConfigureAsync("requesterImage=requester:2");

        var back = await stack.RunAsync("rollout", "--abort");

        Assert.Equal((ExitCode.CouldNot, "v1/v2/0"), (back.ExitCode, stack.InForce));
        Assert.Contains("would also deploy this clone's gopher-mesh:requesterImage, which update 1 (earlier) had otherwise", back.Error, StringComparison.Ordinal);
        Assert.Contains("v2 gets no request any more", back.Error, StringComparison.Ordinal);
        Assert.Empty(Begun(stack));
    }

    // v2 has been promoted since, and v3 is on trial beside it.
    [Fact]
    public async Task An_older_clone_takes_the_canary_of_today_back_and_not_that_of_its_own_file()
    {
        using var stack = new FakeStack();
        await OfAnotherCloneAsync(stack, "v2/v3/50");
        await stack.ConfigureAsync("canaryVersion=v2", "canaryWeight=50");

        var back = await stack.RunAsync("rollout", "--abort");

        Assert.True((back.ExitCode, stack.InForce) == (0, "v2/v3/0"), back.ToString());
        Assert.Equal(new StackState("v2", "v3", 0), stack.Configured);
    }

    [Fact]
    public async Task A_canary_that_another_clone_has_promoted_meanwhile_is_not_taken_back()
    {
        using var stack = new FakeStack();
        await OfAnotherCloneAsync(stack, "v2//0");
        await stack.ConfigureAsync("canaryVersion=v2", "canaryWeight=50");
        var already = await stack.RunAsync("rollout", "--abort");

        await OfAnotherCloneAsync(stack, "v1/v2/50");
        stack.Write("lock", "another machine");
        using var abort = stack.Start("rollout", "--abort");
        while (await abort.StandardError.ReadLineAsync() is { } line && !line.Contains("v2 gets no request meanwhile", StringComparison.Ordinal))
        {
        }

        await OfAnotherCloneAsync(stack, "v2//0");
        stack.Cancel();
        var late = await FakeStack.EndOfAsync(abort);

        Assert.Equal((ExitCode.CouldNot, ExitCode.CouldNot, "v2//0"), (already.ExitCode, late.ExitCode, stack.InForce));
        Assert.All([already, late], back => Assert.Contains("v2 was being promoted already: it is the stable version", back.Error, StringComparison.Ordinal));
        Assert.Empty(Begun(stack));
    }

    [Fact]
    public async Task The_status_says_where_this_clone_and_the_last_update_differ()
    {
        using var stack = new FakeStack();
        await OfAnotherCloneAsync(stack, "v1/v2/50");

        var text = await stack.RunAsync("rollout", "--status");
        var json = JsonDocument.Parse((await stack.RunAsync("rollout", "--status", "--output", "json")).Output).RootElement;

        Assert.Matches("^stableVersion v1, no canary\nupdate 1 succeeded with stableVersion v1, canaryVersion v2, canaryWeight 50: this clone's Pulumi[.]fake[0-9a-f]+[.]yaml says something else\n", text.Output);
        var last = json.GetProperty("lastUpdate");
        Assert.Equal((null, "v2", 50, false), (json.GetProperty("canaryVersion").GetString(), last.GetProperty("canaryVersion").GetString(), last.GetProperty("canaryWeight").GetInt32(), last.GetProperty("isAsConfigured").GetBoolean()));
    }

    [Theory]
    [InlineData("shift", "0")]
    [InlineData("shift", "10")]
    [InlineData("rollout", "--abort")]
    public async Task Nothing_is_asked_of_pulumi_after_the_last_update(string command, string argument)
    {
        using var stack = new FakeStack();
        stack.Write("inForce", "v1/v2/50\n");
        await SetAsync(stack, "v2", 50);

        await stack.RunAsync(command, argument);
        // In its time whatever was left behind asks as well.
        await stack.RunAsync("rollout", "--status");

        Assert.Equal(["up", "stack history"], stack.Read("asked").Split('\n', StringSplitOptions.RemoveEmptyEntries)[^2..]);
    }

    [Fact]
    public void What_is_written_as_an_updates_message_is_read_as_what_it_was()
    {
        var stage = new RolloutStage(StageKind.Step, new("v1", "v2", 50));
        string[] back = [UpdateMessage.TakenBack("v2", stage, "v2 is worse"), UpdateMessage.Aborted("v2"), UpdateMessage.Shift(0)];
        string[] others = [UpdateMessage.Stage("v2", stage), UpdateMessage.Shift(5), "by hand: aborted"];

        Assert.All(back, message => Assert.True(UpdateMessage.IsWayBack(BuiltProgram.Marked(message))));
        Assert.All(others, message => Assert.False(UpdateMessage.IsWayBack(BuiltProgram.Marked(message))));
        Assert.Equal([true, true, false], back.Select(UpdateMessage.IsOfRollout));
    }

    [Fact]
    public async Task An_abort_is_told_as_json_and_posted()
    {
        using var stack = new FakeStack();
        stack.Write("inForce", "v1/v2/50\n");
        await SetAsync(stack, "v2", 50);
        using var slack = Slack(out var address);
        var posts = PostsAsync(slack);

        var run = await stack.RunAsync("rollout", "--abort", "--output", "json", "--notify", address);
        var status = await stack.RunAsync("rollout", "--status", "--output", "json");
        slack.Stop();

        var end = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal((0, "end", "aborted", 0), (run.ExitCode, end.GetProperty("event").GetString(), end.GetProperty("end").GetString(), end.GetProperty("exitStatus").GetInt32()));
        Assert.Matches("^abort of stack fake[0-9a-f]+ ended, aborted: v2 answers no request any more", Assert.Single(await posts));
        var said = JsonDocument.Parse(status.Output).RootElement;
        Assert.Equal(("v2", 0), (said.GetProperty("canaryVersion").GetString(), said.GetProperty("canaryWeight").GetInt32()));
        Assert.StartsWith("rollout v2: aborted", said.GetProperty("updates")[0].GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_line_of_a_terminal_has_requests_failures_and_latency_by_version_and_none_of_copies()
    {
        var judge = new RolloutJudge(JudgeSettings.Default, ["25 ms", "100 ms"]);
        var stage = new RolloutStage(StageKind.Step, new("v1", "v2", 5));
        Dictionary<string, VersionCounts> Counts(long requests, long quick) => new() { ["a"] = new(requests, requests / 100, [quick, requests]) };
        _ = judge.Look(new(TimeSpan.Zero, 5, Counts(0, 0), Counts(0, 0)));
        var reading = new Reading(TimeSpan.FromSeconds(1), 5, Counts(1900, 1900), Counts(100, 40));
        var looked = new Looked(default, stage, reading, judge.Look(reading), TimeSpan.FromSeconds(90));

        Assert.StartsWith(
            "  step 5 %: canary 1 of 100 failed, p50 ≤ 100 ms, p99 ≤ 100 ms; stable 19 of 1,900 failed, p50 ≤ 25 ms, p99 ≤ 25 ms; to go on ", TerminalView.Evidence(looked), StringComparison.Ordinal);
        Assert.Contains("canary 1 of 100 failed; stable 19 of 1,900 failed; ", TerminalView.Evidence(looked with { Reading = reading with { Weight = 0 } }), StringComparison.Ordinal);
    }

    // What another clone has deployed (STABLE/CANARY/WEIGHT), and this one's file does not know.
    private static async Task OfAnotherCloneAsync(FakeStack stack, string inForce)
    {
        var state = inForce.Split('/');
        await stack.ConfigureAsync("stableVersion=v1", "canaryVersion=", "canaryWeight=0");
        stack.Write("inForce", $"{inForce}\n");
        stack.Write("history", $$"""{"startTime":"2026-11-29T01:02:03.000Z","message":"earlier","result":"succeeded","version":1,"config":{"gopher-mesh:stableVersion":{"value":"{{state[0]}}"},"gopher-mesh:canaryVersion":{"value":"{{state[1]}}"},"gopher-mesh:canaryWeight":{"value":"{{state[2]}}"},"gopher-mesh:requesterImage":{"value":"requester:1"} } }""" + "\n");
    }

    // A rollout that judges at 50 %, and is not done with it: nothing is counted any more.
    private static async Task<Process> AtStepAsync(FakeStack stack)
    {
        var rollout = stack.Start("rollout", "v2");
        await Eventually(() => stack.InForce == "v1/v2/50");
        stack.Write("proxiesGone", "");
        await Eventually(() => !stack.Has("lock"));
        return rollout;
    }
}
