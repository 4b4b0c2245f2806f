using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Rollout;
using GopherMesh.Tests.Instruments;

namespace GopherMesh.Tests.Rehearsal.Rollout;

/// <summary>A rollout of a deployed stack, where commands <c>pulumi</c> and <c>kubectl</c> of our own stand in for the engine and the cluster.</summary>
public sealed class DeployedRolloutTests
{
    [Fact]
    public async Task A_healthy_canary_is_promoted_by_updates_and_every_decision_is_posted()
    {
        using var stack = new FakeStack();
        using var slack = Slack(out var address);
        var posts = PostsAsync(slack);

        var run = await stack.RunAsync("rollout", "v2", "--notify", address);
        slack.Stop();

        Assert.Equal((0, "v2//0", new StackState("v2", null, 0)), (run.ExitCode, stack.InForce, stack.Configured));
        Assert.Equal(
            ["rollout v2: dark launch", "rollout v2: step 50 %", "rollout v2: bake at 100 %", "rollout v2: promotion"],
            Begun(stack));
        Assert.Contains("verdicts rest on the counters of the callers' proxies", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("canaryStickyMinutes", run.Error, StringComparison.Ordinal);
        var said = await posts;
        Assert.Equal(4, said.Count);
        Assert.StartsWith("rollout v2, dark launch: goOn: ", said[0], StringComparison.Ordinal);
        Assert.Equal("rollout v2 ended, promoted: v2 is the stable version now", said[^1]);
    }

    [Fact]
    public async Task Where_callers_stay_with_a_version_a_rollout_says_what_its_error_rates_mean()
    {
        using var stack = new FakeStack();
        await stack.ConfigureAsync("canaryStickyMinutes=10");

        var run = await stack.RunAsync("rollout", "v2");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("requests are counted, not callers: the stated error rates hold only if each request fails independently of the others", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_canary_loses_its_requests_on_the_cluster_before_the_update()
    {
        using var stack = new FakeStack { Failing = 1 };
        stack.Write("inForce", "v1/v2/50\n");
        await SetAsync(stack, "v2", 50);

        var run = await stack.RunAsync("rollout", "v2");

        Assert.Equal(((int)RolloutEnd.TakenBack, "v1/v2/0", new StackState("v1", "v2", 0)), (run.ExitCode, stack.InForce, stack.Configured));
        Assert.Equal("0\n", stack.Read("patched"));
        Assert.StartsWith("rollout v2: taken back at step 50 %: v2 is worse than the stable version: failures", Begun(stack)[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public async Task A_bad_canary_is_taken_back_also_where_its_events_cannot_be_written(string output)
    {
        using var stack = new FakeStack { Failing = 1, Redirection = " >/dev/full" };
        stack.Write("inForce", "v1/v2/50\n");
        await SetAsync(stack, "v2", 50);

        var run = await stack.RunAsync("rollout", "v2", "--output", output);

        Assert.True((run.ExitCode, stack.InForce) == ((int)RolloutEnd.TakenBack, "v1/v2/0"), run.ToString());
        Assert.Single(run.Error.Split('\n'), line => line.Contains("the results cannot be written", StringComparison.Ordinal) && line.Contains("what was begun goes on without them", StringComparison.Ordinal));
    }

    // A node that is gone leaves its pods "Running" for minutes.
    [Fact]
    public async Task A_caller_whose_pod_does_not_answer_keeps_nobody_from_the_counts_of_the_others()
    {
        using var stack = new FakeStack { Failing = 1 };
        stack.Write("inForce", "v1/v2/50\n");
        stack.Write("stuckPod", "");
        await SetAsync(stack, "v2", 50);
        using var rollout = stack.Start("rollout", "v2", "--output", "json");

        await LinesAsync(rollout, "\"event\":\"decision\"", "\"decision\":\"goBack\"");
        stack.Delete("stuck");
        await Eventually(() => stack.Has("stuck") || rollout.HasExited);
        var isTried = stack.Has("stuck");

        Assert.Equal((int)RolloutEnd.TakenBack, (await FakeStack.EndOfAsync(rollout)).ExitCode);
        Assert.True(isTried, "the judge has waited for the pod that does not answer");
    }

    [Fact]
    public async Task A_route_that_somebody_deleted_ends_a_rollout_that_goes_on()
    {
        using var stack = new FakeStack();
        await SetAsync(stack, "v2", 50);

        var run = await stack.RunAsync("rollout", "v2");

        Assert.True(run.ExitCode == (int)RolloutEnd.ChangedByOthers, run.ToString());
        Assert.Contains("the VirtualService gives v2 no %, the stack 50 %", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shift", "0")]
    [InlineData("rollout", "--abort")]
    public async Task A_person_takes_the_canary_back_on_the_cluster_before_the_update(string command, string argument)
    {
        using var stack = new FakeStack();
        stack.Write("inForce", "v1/v2/50\n");
        await SetAsync(stack, "v2", 50);

        var run = await stack.RunAsync(command, argument);

        Assert.Equal((0, "v1/v2/0", "0\n", new StackState("v1", "v2", 0)), (run.ExitCode, stack.InForce, stack.Read("patched"), stack.Configured));
    }

    // On EKS each call of kubectl would ask aws for a token, most of a second, while a bad canary has its requests.
    [Theory]
    [InlineData("shift", "0", 0)]
    [InlineData("rollout", "--abort", 0)]
    [InlineData("rollout", "v2", (int)RolloutEnd.TakenBack)]
    public async Task A_way_back_is_two_calls_of_kubectl_and_they_have_one_token(string command, string argument, int status)
    {
        using var stack = new FakeStack { Failing = 1 };
        await stack.OnEksAsync();
        stack.Write("inForce", "v1/v2/50\n");
        await SetAsync(stack, "v2", 50);

        var run = await stack.RunAsync(command, argument);

        Assert.True((run.ExitCode, stack.InForce) == (status, "v1/v2/0"), run.ToString());
        var calls = stack.Read("calls").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(calls.Length == 2 || argument == "v2", string.Join('\n', calls));
        Assert.Matches("get virtualservices", calls[^2]);
        Assert.Matches("apply --server-side", calls[^1]);
        Assert.Equal("eks get-token --cluster-name fake\n", stack.Read("tokens"));
    }

    [Fact]
    public async Task A_failed_update_on_the_way_back_says_that_the_canary_gets_no_request_any_more()
    {
        using var stack = new FakeStack { Failing = 1 };
        stack.Write("inForce", "v1/v2/50\n");
        await SetAsync(stack, "v2", 50);
        stack.Write("failsEarly", "");

        var run = await stack.RunAsync("rollout", "v2");

        Assert.Equal(ExitCode.CouldNot, run.ExitCode);
        Assert.Contains("error: update failed\nv2 gets no request any more, since the VirtualService on the cluster was changed first", run.Error.Replace("    error", "error", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("v1/v2/0", stack.InForce);
    }

    [Theory]
    [InlineData("failsEarly", "", "error: the program ended with exit code 1")]
    [InlineData("failsLate", "0\n", "timed out waiting for the Deployment")]
    [InlineData("cancelled", "0\n", "error: update canceled")]
    [InlineData("conflict", "", "conflict with \"rollouts-controller\" using networking.istio.io/v1: .spec.http")]
    public async Task A_failed_update_leaves_the_canary_with_no_more_weight_than_before(string fails, string patched, string said)
    {
        using var stack = new FakeStack();
        stack.Write("inForce", "v1/v2/0\n");
        await SetAsync(stack, "v2", 0);
        stack.Write(fails, "");

        var run = await stack.RunAsync("rollout", "v2");

        Assert.Equal(ExitCode.CouldNot, run.ExitCode);
        Assert.Contains("pulumi up --stack", run.Error, StringComparison.Ordinal);
        Assert.Contains(said, run.Error, StringComparison.Ordinal);
        Assert.Contains("it goes on from what the stack says", run.Error, StringComparison.Ordinal);
        Assert.Equal((new StackState("v1", "v2", 0), "v1/v2/0", patched), (stack.Configured, stack.InForce, stack.Read("patched")));
    }

    [Fact]
    public async Task A_locked_stack_is_told_and_the_configuration_is_as_before()
    {
        using var stack = new FakeStack();
        stack.Write("lock", "somebody");

        var run = await stack.RunAsync("rollout", "v2");

        Assert.Equal(ExitCode.Busy, run.ExitCode);
        Assert.Contains("the stack is locked by another update", run.Error, StringComparison.Ordinal);
        Assert.Contains("pulumi cancel --stack", run.Error, StringComparison.Ordinal);
        Assert.Equal((new StackState("v1", null, 0), "v1//0"), (stack.Configured, stack.InForce));
    }

    [Theory]
    [InlineData("failsEarly", ExitCode.CouldNot, "couldNot", "failed with exit code 255")]
    [InlineData("lock", ExitCode.Busy, "busy", "the stack is locked by another update")]
    [InlineData("unrefreshed", ExitCode.CouldNot, "couldNot", "configured Kubernetes cluster is unreachable")]
    public async Task What_a_rollout_could_not_do_is_the_end_of_its_events_and_is_posted(string what, int status, string end, string said)
    {
        using var stack = new FakeStack();
        stack.Write(what, "");
        using var slack = Slack(out var address);
        var posts = PostsAsync(slack);

        var run = await stack.RunAsync("rollout", "v2", "--output", "json", "--notify", address);
        slack.Stop();

        Assert.Equal(status, run.ExitCode);
        var last = JsonDocument.Parse(run.Output.Split('\n')[^2]).RootElement;
        Assert.Equal(("end", end, status), (last.GetProperty("event").GetString(), last.GetProperty("end").GetString(), last.GetProperty("exitStatus").GetInt32()));
        Assert.Contains(said, last.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.NotEqual("", last.GetProperty("toDo").GetString());
        Assert.StartsWith($"rollout v2 ended, {end}: ", Assert.Single(await posts), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_asks_the_update_to_stop_and_leaves_no_more_weight_than_before()
    {
        using var stack = new FakeStack();
        stack.Write("hangs", "");
        using var rollout = stack.Start("rollout", "v2");
        await Eventually(() => stack.InForce == "v1/v2/0");

        await InterruptAsync(rollout);
        var run = await FakeStack.EndOfAsync(rollout);

        Assert.Equal(ExitCode.Interrupted, run.ExitCode);
        Assert.Contains("interrupted: the weight stays. Go on: ./gopherctl rollout v2 --stack", run.Error, StringComparison.Ordinal);
        Assert.Equal(new StackState("v1", null, 0), stack.Configured);
        Assert.False(stack.Has("lock"));
    }

    [Fact]
    public async Task Ctrl_C_while_the_weight_rises_takes_the_new_weight_back()
    {
        using var stack = new FakeStack();
        using var rollout = await AtDarkLaunchAsync(stack);
        stack.Write("hangs", "");
        await Eventually(() => stack.InForce == "v1/v2/50");

        await InterruptAsync(rollout);
        var run = await FakeStack.EndOfAsync(rollout);

        Assert.Equal(ExitCode.Interrupted, run.ExitCode);
        Assert.Contains("the update had given v2 50 % already: the VirtualService on the cluster is back at 0 %", run.Error, StringComparison.Ordinal);
        Assert.Equal((new StackState("v1", "v2", 0), "v1/v2/0", false), (stack.Configured, stack.InForce, stack.Has("lock")));
    }

    [Theory]
    [InlineData("rollout", "v2", (int)RolloutEnd.TakenBack)]
    [InlineData("rollout", "--abort", ExitCode.Success)]
    [InlineData("shift", "0", ExitCode.Success)]
    public async Task Ctrl_C_on_the_way_back_says_so_and_the_way_back_is_finished(string command, string argument, int status)
    {
        using var stack = new FakeStack { Failing = 1 };
        using var rollout = await OnTheWayBackAsync(stack, command, argument);

        await InterruptAsync(rollout);
        List<string> said = [];
        while (await rollout.StandardError.ReadLineAsync() is { } line && !line.Contains("v2 is being taken back, and that is finished first", StringComparison.Ordinal))
        {
            said.Add(line);
        }

        stack.Delete("hangs");
        var run = await FakeStack.EndOfAsync(rollout);

        Assert.Equal((status, "v1/v2/0", new StackState("v1", "v2", 0)), (run.ExitCode, stack.InForce, stack.Configured));
        Assert.DoesNotContain("the weight stays", string.Concat(said) + run.Error, StringComparison.Ordinal);
        Assert.Contains("\"result\":\"succeeded\"", stack.Read("history").Split('\n')[^2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_Ctrl_C_on_the_way_back_ends_at_once_and_the_next_rollout_says_that_it_begins_again()
    {
        using var stack = new FakeStack { Failing = 1 };
        using var rollout = await OnTheWayBackAsync(stack, "rollout", "v2");

        await InterruptAsync(rollout);
        string? line;
        do
        {
            line = await rollout.StandardError.ReadLineAsync();
        }
        while (line?.Contains("Ctrl-C again ends gopherctl at once: v2 gets no request any more, the stack is not updated yet, and ./gopherctl rollout --stack ", StringComparison.Ordinal) == false);

        await InterruptAsync(rollout);
        var run = await FakeStack.EndOfAsync(rollout);
        stack.Delete("hangs");
        await Eventually(() => !stack.Has("lock"));
        var again = await stack.RunAsync("rollout", "v2");

        Assert.Equal((ExitCode.Interrupted, (int)RolloutEnd.TakenBack), (run.ExitCode, again.ExitCode));
        Assert.Contains("the last update took v2 back (rollout v2: taken back at step 50 %: v2 is worse than the stable version: failures", again.Error, StringComparison.Ordinal);
        Assert.Contains("the rollout begins again with the dark launch", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_way_back_that_was_killed_is_finished_and_not_taken_for_a_dark_launch()
    {
        using var stack = new FakeStack { Failing = 1 };
        using var rollout = await OnTheWayBackAsync(stack, "rollout", "v2");

        rollout.Kill(entireProcessTree: true);
        await rollout.WaitForExitAsync();
        stack.Delete("hangs");
        stack.Cancel();
        var again = await stack.RunAsync("rollout", "v2");

        Assert.Equal((int)RolloutEnd.TakenBack, again.ExitCode);
        Assert.Contains("an interrupted rollout had begun to take it back", again.Output, StringComparison.Ordinal);
        Assert.Equal(2, Begun(stack).Length);
    }

    [Fact]
    public async Task Ctrl_C_after_a_canary_has_lost_its_requests_and_before_the_update_has_ended_takes_it_back()
    {
        using var stack = new FakeStack();
        using var rollout = await CutWhileItUpdatesAsync(stack);

        await InterruptAsync(rollout);
        await Eventually(() => stack.Read("history").Contains("\"failed\"", StringComparison.Ordinal));
        stack.Delete("hangs");
        var run = await FakeStack.EndOfAsync(rollout);

        Assert.Equal(((int)RolloutEnd.TakenBack, "v1/v2/0", new StackState("v1", "v2", 0)), (run.ExitCode, stack.InForce, stack.Configured));
        Assert.DoesNotContain("the weight stays", run.Error, StringComparison.Ordinal);
        Assert.StartsWith("rollout v2: taken back at step 50 %", Begun(stack)[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_canary_that_fails_before_the_update_has_ended_loses_its_requests_at_once()
    {
        using var stack = new FakeStack();
        using var rollout = await CutWhileItUpdatesAsync(stack);

        // The update still runs.
        Assert.True(stack.Has("lock"));
        stack.Delete("hangs");
        var run = await FakeStack.EndOfAsync(rollout);

        Assert.Equal(((int)RolloutEnd.TakenBack, "v1/v2/0", new StackState("v1", "v2", 0)), (run.ExitCode, stack.InForce, stack.Configured));
    }

    [Fact]
    public async Task Without_kubectl_a_rollout_begins_nothing_and_a_way_back_goes_by_the_update()
    {
        using var stack = new FakeStack();
        stack.Lose("kubectl");

        var run = await stack.RunAsync("rollout", "v2");
        var begun = Begun(stack);
        stack.Write("inForce", "v1/v2/50\n");
        await SetAsync(stack, "v2", 50);
        var back = await stack.RunAsync("rollout", "--abort");

        Assert.Equal((ExitCode.BadInput, 0), (run.ExitCode, begun.Length));
        Assert.Contains("the kubectl command is not on PATH", run.Error, StringComparison.Ordinal);
        Assert.Contains("to do: Install it (https://kubernetes.io/docs/tasks/tools/)", run.Error, StringComparison.Ordinal);
        Assert.Equal((0, "v1/v2/0"), (back.ExitCode, stack.InForce));
        Assert.Contains("the canary goes back by the update alone: the kubectl command is not on PATH", back.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_pulumi_a_way_back_begins_nothing()
    {
        using var stack = new FakeStack();
        stack.Write("inForce", "v1/v2/50\n");
        await SetAsync(stack, "v2", 50);
        stack.Lose("pulumi");

        var back = await stack.RunAsync("shift", "0");

        Assert.Equal((ExitCode.BadInput, "v1/v2/50", ""), (back.ExitCode, stack.InForce, stack.Read("patched")));
        Assert.Contains("the pulumi command is not on PATH", back.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("could not be put back", back.Error, StringComparison.Ordinal);
    }

    // 2 says that nothing was started.
    [Theory]
    [InlineData("kubectl", "the kubectl command is not on PATH")]
    [InlineData("pulumi", "the pulumi command is not on PATH")]
    [InlineData("a number", "canaryWeight is 'much'")]
    public async Task What_is_lost_in_the_middle_of_a_rollout_is_not_bad_input(string what, string said)
    {
        using var stack = new FakeStack();
        stack.OwnPath();
        using var rollout = await AtDarkLaunchAsync(stack);
        if (what == "a number")
        {
            await stack.ConfigureAsync("canaryWeight=much");
        }
        else
        {
            stack.Lose(what);
        }

        var run = await FakeStack.EndOfAsync(rollout);

        Assert.True((run.ExitCode, stack.InForce) == (ExitCode.CouldNot, "v1/v2/0"), run.ToString());
        Assert.Contains(said, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("could not be put back", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("configuration", "somebody changed the configuration: it says stableVersion v1, canaryVersion v2, canaryWeight 30")]
    [InlineData("image", "somebody changed the configuration: the next step would also deploy gopher-mesh:requesterImage")]
    [InlineData("weights", "somebody changed the weights on the cluster: the VirtualService gives v2 20 %, the stack 0 %")]
    [InlineData("stack", "somebody updated the stack (update 2: by hand)")]
    public async Task Somebody_elses_change_ends_the_rollout_before_the_next_step(string what, string said)
    {
        using var stack = new FakeStack();
        using var rollout = await AtDarkLaunchAsync(stack);
        switch (what)
        {
            case "configuration":
                await stack.ConfigureAsync("canaryWeight=30");
                break;
            case "image":
                await stack.ConfigureAsync("requesterImage=requester:2");
                break;
            case "weights":
                stack.Write("inForce", "v1/v2/20\n");
                break;
            default:
                stack.Write("history", stack.Read("history") + """{"startTime":"2026-11-29T01:02:03.000Z","message":"by hand","result":"succeeded","version":2}""" + "\n");
                break;
        }

        var run = await FakeStack.EndOfAsync(rollout);

        Assert.Equal((int)RolloutEnd.ChangedByOthers, run.ExitCode);
        Assert.Contains(said, run.Output, StringComparison.Ordinal);
        Assert.Equal(["rollout v2: dark launch"], Begun(stack));
    }

    // Otherwise the next step would give requests to an image of which no copy has been judged.
    [Fact]
    public async Task A_rollout_that_goes_on_deploys_what_was_changed_since_at_the_weight_that_is_in_force()
    {
        using var stack = new FakeStack();
        using var rollout = await AtDarkLaunchAsync(stack);
        await stack.ConfigureAsync("requesterImage=requester:2");
        await FakeStack.EndOfAsync(rollout);

        var run = await stack.RunAsync("rollout", "v2");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("the configuration has changed since the last update (gopher-mesh:requesterImage): that is deployed first", run.Error, StringComparison.Ordinal);
        Assert.Equal(["rollout v2: dark launch", "rollout v2: dark launch", "rollout v2: step 50 %"], Begun(stack)[..3]);
    }

    [Fact]
    public async Task A_weight_that_somebody_raised_is_set_back_to_the_one_in_force_when_the_rollout_goes_on()
    {
        using var stack = new FakeStack();
        using var rollout = await AtDarkLaunchAsync(stack);
        await stack.ConfigureAsync("canaryWeight=30");
        await FakeStack.EndOfAsync(rollout);

        var run = await stack.RunAsync("rollout", "v2", "--gates", "10");

        Assert.Equal(((int)RolloutEnd.AwaitsApproval, "v1/v2/0", new StackState("v1", "v2", 0)), (run.ExitCode, stack.InForce, stack.Configured));
        Assert.Contains("the configuration gives v2 30 %, and 0 % are in force: the rollout goes on from these", run.Error, StringComparison.Ordinal);
        Assert.Equal(["rollout v2: dark launch", "rollout v2: dark launch"], Begun(stack));
    }

    [Theory]
    [InlineData("v1/v2/50", 5)]
    [InlineData("v1/v2/100", 0)]
    [InlineData("v2//0", 0)]
    public async Task A_promotion_in_the_configuration_is_deployed_where_the_version_has_all_requests_already(string inForce, int status)
    {
        using var stack = new FakeStack();
        stack.Write("inForce", $"{inForce}\n");
        await SetAsync(stack, "v2", 100);
        await stack.ConfigureAsync("stableVersion=v2", "canaryVersion=", "canaryWeight=0");

        var run = await stack.RunAsync("rollout", "v2");

        Assert.Equal((status, status == 0 ? "v2//0" : inForce), (run.ExitCode, stack.InForce));
        Assert.Equal(status == 0 ? ["rollout v2: promotion"] : [], Begun(stack));
        Assert.Equal(status != 0, run.Output.Contains("the configuration makes v2 the stable version, and on the cluster it has 50 % of the requests", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0, RolloutEnd.Promoted)]
    [InlineData(0.2, RolloutEnd.TakenBack)]
    public async Task A_canary_with_all_requests_already_is_compared_at_the_last_step_and_baked_after_that(double failing, object end)
    {
        using var stack = new FakeStack { Failing = failing };
        stack.Write("inForce", "v1/v2/100\n");
        await SetAsync(stack, "v2", 100);

        var run = await stack.RunAsync("rollout", "v2");

        Assert.Equal((RolloutEnd)end, (RolloutEnd)run.ExitCode);
        Assert.Contains("it goes back to the step 50 %, compares both there, and then bakes", run.Error, StringComparison.Ordinal);
        Assert.Equal("rollout v2: step 50 %", Begun(stack)[0]);
    }

    [Fact]
    public async Task A_program_that_was_built_again_ends_the_rollout_and_is_deployed_first_when_it_goes_on()
    {
        using var copy = new TempFolder();
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory))
        {
            File.Copy(file, Path.Combine(copy.Path, Path.GetFileName(file)));
        }

        using var stack = new FakeStack { Gopherctl = Path.Combine(copy.Path, "gopherctl.dll") };
        using var rollout = await AtDarkLaunchAsync(stack);
        await BuildAgainAsync(Path.Combine(copy.Path, "Infra.dll"));
        var run = await FakeStack.EndOfAsync(rollout);
        var again = await stack.RunAsync("rollout", "v2");

        Assert.Equal((int)RolloutEnd.ChangedByOthers, run.ExitCode);
        Assert.Contains("the program was built again: the next step would also deploy what has changed in Infra.dll", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("the program is not the one that the last update deployed: it is deployed first", again.Error, StringComparison.Ordinal);
        Assert.Equal(["rollout v2: dark launch", "rollout v2: dark launch", "rollout v2: step 50 %"], Begun(stack)[..3]);
    }

    [Fact]
    public async Task What_somebody_edited_on_the_cluster_is_told_and_nothing_is_rolled_out_until_it_is_taken_back()
    {
        using var stack = new FakeStack();
        stack.Write("handEdited", "");

        var run = await stack.RunAsync("rollout", "v2", "--output", "json");
        stack.Delete("handEdited");
        var again = await stack.RunAsync("rollout", "v2", "--gates", "0");

        Assert.Equal((int)RolloutEnd.ChangedByOthers, run.ExitCode);
        Assert.Contains(
            "1 resource is not as it was deployed: VirtualService gophers/gopher-distributor was changed by kubectl-patch, since 2026-11-29 08:21:30 UTC (spec.http[0].timeout)",
            run.Output,
            StringComparison.Ordinal);
        Assert.Contains("\"next\":[\"pulumi up --refresh --stack ", run.Output, StringComparison.Ordinal);
        Assert.Equal((int)RolloutEnd.AwaitsApproval, again.ExitCode);
        Assert.Equal(["rollout v2: dark launch"], Begun(stack));
    }

    [Fact]
    public async Task A_route_that_somebody_made_beside_the_stacks_is_told_and_nothing_is_rolled_out()
    {
        using var stack = new FakeStack();
        stack.Write("added", "");

        var run = await stack.RunAsync("rollout", "v2", "--output", "json");

        Assert.Equal(((int)RolloutEnd.ChangedByOthers, ""), (run.ExitCode, stack.Read("begun")));
        Assert.Contains("1 object of others acts on it: VirtualService gophers/rogue was made by someone else", run.Output, StringComparison.Ordinal);
        Assert.Contains("\"next\":[\"kubectl --namespace gophers delete virtualservice.networking.istio.io rogue\",\"./gopherctl rollout v2", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stack_of_which_drift_cannot_be_told_is_not_rolled_out()
    {
        using var stack = new FakeStack();
        stack.Write("unrefreshed", "");

        var run = await stack.RunAsync("rollout", "v2");

        Assert.Equal((ExitCode.CouldNot, "", ""), (run.ExitCode, run.Output, stack.Read("begun")));
        Assert.Contains("pulumi refresh --stack", run.Error, StringComparison.Ordinal);
        Assert.Contains("configured Kubernetes cluster is unreachable", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_that_somebody_adds_and_that_is_none_fails_the_update_and_not_the_weight()
    {
        using var stack = new FakeStack();
        using var rollout = await AtDarkLaunchAsync(stack);
        await stack.ConfigureAsync("nonsense=1");

        var run = await FakeStack.EndOfAsync(rollout);

        Assert.Equal(ExitCode.CouldNot, run.ExitCode);
        Assert.Contains("gopher-mesh:nonsense: found 1", run.Error, StringComparison.Ordinal);
        Assert.Equal((new StackState("v1", "v2", 0), "v1/v2/0"), (stack.Configured, stack.InForce));
    }

    [Fact]
    public async Task Routes_that_somebody_has_edited_go_back_by_the_update_and_that_is_said()
    {
        using var stack = new FakeStack { Failing = 1 };
        stack.Write("inForce", "v1/v2/50\n");
        stack.Write("kubectlEdited", "");
        await SetAsync(stack, "v2", 50);

        var run = await stack.RunAsync("rollout", "v2");

        Assert.Equal(((int)RolloutEnd.TakenBack, "v1/v2/0", ""), (run.ExitCode, stack.InForce, stack.Read("patched")));
        Assert.Contains("the canary goes back by the update alone: the VirtualService gopher-distributor has been changed by others than the stack: pulumi-kubernetes-1, kubectl-patch", run.Error, StringComparison.Ordinal);
    }

    [PrometheusFact]
    public async Task While_the_proxies_cannot_be_read_verdicts_rest_on_Prometheus_and_that_is_said()
    {
        using var stack = new FakeStack();
        await using var prometheus = await LocalPrometheus.StartAsync(
            $"scrape_configs: [{{job_name: pods, static_configs: [{{targets: [\"{stack.MetricsAddress}\"], labels: {{pod: gopher-requester-1}}}}]}}]");
        stack.Write("prometheus", prometheus.Address.Port.ToString(CultureInfo.InvariantCulture));
        stack.Write("proxiesGone", "");

        using var rollout = stack.Start("rollout", "v2", "--output", "json");
        List<string> lines = [];
        while (await rollout.StandardOutput.ReadLineAsync() is { } line)
        {
            lines.Add(line);
            if (line.Contains("\"event\":\"decision\",", StringComparison.Ordinal) && line.Contains("\"stage\":\"step 50 %\"", StringComparison.Ordinal))
            {
                stack.Delete("proxiesGone");
            }
        }

        var run = await FakeStack.EndOfAsync(rollout);

        Assert.Equal((0, "v2//0"), (run.ExitCode, stack.InForce));
        Assert.Contains(lines, line => line.Contains("\"stage\":\"step 50 %\",\"decision\":\"goOn\"", StringComparison.Ordinal) && line.Contains(", as Prometheus counted)", StringComparison.Ordinal));
        Assert.Contains("verdicts rest on Prometheus, a scrape behind, until the proxies can be read", run.Error, StringComparison.Ordinal);
    }

    [PrometheusFact]
    public async Task A_Prometheus_that_goes_away_is_told_and_the_weight_stays_until_something_counts_again()
    {
        using var stack = new FakeStack();
        stack.Write("proxiesGone", "");
        Process rollout;
        await using (var prometheus = await LocalPrometheus.StartAsync(
            $"scrape_configs: [{{job_name: pods, static_configs: [{{targets: [\"{stack.MetricsAddress}\"], labels: {{pod: gopher-requester-1}}}}]}}]"))
        {
            stack.Write("prometheus", prometheus.Address.Port.ToString(CultureInfo.InvariantCulture));
            rollout = stack.Start("rollout", "v2", "--output", "json");
            await LinesAsync(rollout, "\"event\":\"deployed\"", "\"stage\":\"step 50 %\"");
        }

        for (var looks = 0; looks < 3; looks++)
        {
            await LinesAsync(rollout, "\"event\":\"look\"", "no counts of stable");
        }

        Assert.Equal("v1/v2/50", stack.InForce);
        stack.Delete("proxiesGone");
        var run = await FakeStack.EndOfAsync(rollout);

        Assert.Equal((0, "v2//0"), (run.ExitCode, stack.InForce));
        Assert.Contains("no counts, so no evidence, until the deadline decides: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_rollout_of_the_stack_is_refused_and_its_status_is_not()
    {
        using var stack = new FakeStack();
        stack.Write("hangs", "");
        using var first = stack.Start("rollout", "v2");
        await Eventually(() => stack.Has("lock"));

        var second = await stack.RunAsync("rollout", "v2");
        var status = await stack.RunAsync("rollout", "--status");
        first.Kill(entireProcessTree: true);

        Assert.Equal(ExitCode.Busy, second.ExitCode);
        Assert.Contains("is running on this machine", second.Error, StringComparison.Ordinal);
        Assert.Equal((0, "stableVersion v1, canaryVersion v2, canaryWeight 0\n"), (status.ExitCode, status.Output));
    }

    [Fact]
    public async Task A_cluster_that_cannot_be_reached_is_told_once_and_is_no_evidence()
    {
        using var stack = new FakeStack();
        using var rollout = stack.Start("rollout", "v2", "--output", "json");

        // Drift is asked of the cluster before anything is deployed.
        await Eventually(() => stack.Has("begun"));
        stack.Write("unreachable", "");
        var seen = 0;
        while (seen < 3)
        {
            seen += (await rollout.StandardOutput.ReadLineAsync())!.Contains("no counts of stable", StringComparison.Ordinal) ? 1 : 0;
        }

        stack.Delete("unreachable");
        var run = await FakeStack.EndOfAsync(rollout);

        Assert.Equal((0, "v2//0"), (run.ExitCode, stack.InForce));
        Assert.Single(run.Error.Split('\n'), line => line.Contains("no counts, so no evidence, until the deadline decides: kubectl", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0, "[]")]
    [InlineData(ExitCode.CouldNot, "the history cannot be had")]
    [InlineData(ExitCode.BadInput, "")]
    public async Task The_status_of_a_stack_has_a_status_of_its_own(int status, string history)
    {
        using var stack = new FakeStack();
        if (history.Length == 0)
        {
            stack.Lose("pulumi");
        }
        else if (status != 0)
        {
            stack.Write("history", history);
        }

        Assert.Equal(status, (await stack.RunAsync("rollout", "--status")).ExitCode);
    }

    [Fact]
    public async Task A_gate_of_the_stack_ends_with_a_status_of_its_own_and_an_option_goes_on()
    {
        using var stack = new FakeStack();

        var run = await stack.RunAsync("rollout", "v2", "--gates", "0");
        var approved = await stack.RunAsync("rollout", "v2", "--gates", "0", "--approve", "0");

        Assert.Equal((int)RolloutEnd.AwaitsApproval, run.ExitCode);
        Assert.Contains("--approve 0", run.Output, StringComparison.Ordinal);
        Assert.Equal((0, "v2//0"), (approved.ExitCode, stack.InForce));
    }

    [Theory]
    [InlineData("--steps", "5,10")]
    [InlineData("--gates", "101")]
    [InlineData("--deadline", "0")]
    [InlineData("--without-evidence", "back")]
    [InlineData("--bake", "-1")]
    public async Task A_bad_option_is_refused_as_the_setting_that_it_stands_for(string option, string value)
    {
        using var stack = new FakeStack();

        var run = await stack.RunAsync("rollout", "v2", option, value);

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains($"found {value}; use ", run.Error, StringComparison.Ordinal);
        Assert.False(stack.Has("begun"));
    }

    [Fact]
    public async Task The_requests_of_a_step_come_when_the_autoscaler_has_brought_the_pods_for_them()
    {
        using var stack = new FakeStack();
        await stack.ConfigureAsync("distributorReplicas=2", "distributorMaxReplicas=8");
        using var rollout = stack.Start("rollout", "v2", "--output", "json");

        await LinesAsync(rollout, "\"event\":\"pods\"", "\"stage\":\"step 50 %\",\"ready\":0,\"needed\":4");
        stack.Write("ready", "3");
        await LinesAsync(rollout, "\"event\":\"pods\"", "\"stage\":\"step 50 %\",\"ready\":3,\"needed\":4");
        Assert.Equal("v1/v2/0", stack.InForce);
        stack.Write("ready", "4");
        await LinesAsync(rollout, "\"event\":\"pods\"", "\"stage\":\"bake at 100 %\",\"ready\":4,\"needed\":8");
        Assert.Equal("v1/v2/50", stack.InForce);
        stack.Write("ready", "8");
        var run = await FakeStack.EndOfAsync(rollout);

        Assert.Equal((0, "v2//0"), (run.ExitCode, stack.InForce));
    }

    [Theory]
    [InlineData("50,100", "8", false)]
    [InlineData("5,50,75,100", "8", true)]
    [InlineData("50,100", "0", true)]
    public async Task Steps_for_one_run_are_refused_where_the_autoscaler_would_have_no_pods_for_them(string steps, string most, bool begins)
    {
        using var stack = new FakeStack();
        await stack.ConfigureAsync("rolloutSteps=5,50,100", $"distributorMaxReplicas={most}");
        stack.Write("ready", "8");

        var run = await stack.RunAsync("rollout", "v2", "--steps", steps, "--gates", "0");

        Assert.Equal((begins ? (int)RolloutEnd.AwaitsApproval : ExitCode.BadInput, begins), (run.ExitCode, stack.Has("begun")));
        Assert.Equal(!begins, run.Error.Contains("--steps leaves out 5 of the stack's rolloutSteps", StringComparison.Ordinal) && run.Error.Contains("rolloutSteps 50,100", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_rehearsal_of_the_stable_version_is_refused_before_anything_is_started()
    {
        using var stack = new FakeStack();

        var run = await stack.RunAsync("rollout", "v1", "--rehearse", "--page-port", "0");

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("v1 is the stable version already", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", run.Output + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_that_the_stack_does_not_have_is_refused()
    {
        using var stack = new FakeStack();

        var run = await stack.RunAsync("rollout", "v3");

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("there is no version v3", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_routes_are_changed_as_their_one_owner_and_nothing_else_of_them()
    {
        var live = JsonNode.Parse("""
            {"apiVersion":"networking.istio.io/v1","kind":"VirtualService",
             "metadata":{"name":"gopher-distributor","namespace":"gophers","uid":"1","labels":{"app":"gopher-distributor"},"annotations":{"pulumi.com/patchForce":"true"},
               "managedFields":[{"manager":"pulumi-kubernetes-fc24e7dc","operation":"Apply","fieldsV1":{"f:spec":{"f:http":{}}}}]},
             "spec":{"hosts":["h"],"http":[
               {"name":"preview-v2","route":[{"destination":{"host":"h","subset":"v2"},"weight":100}]},
               {"name":"split","timeout":"4s","route":[{"destination":{"host":"h","subset":"v1"},"weight":95},{"destination":{"host":"h","subset":"v2"},"weight":5}]}]}}
            """)!;

        var (manager, desired) = DeployedSplit.Changed(live, "v2", 0);

        Assert.Equal("pulumi-kubernetes-fc24e7dc", manager);
        Assert.Equal(
            """{"apiVersion":"networking.istio.io/v1","kind":"VirtualService","metadata":{"name":"gopher-distributor","namespace":"gophers","labels":{"app":"gopher-distributor"},"annotations":{"pulumi.com/patchForce":"true"}},"spec":{"hosts":["h"],"http":[{"name":"preview-v2","route":[{"destination":{"host":"h","subset":"v2"},"weight":100}]},{"name":"split","timeout":"4s","route":[{"destination":{"host":"h","subset":"v1"},"weight":100},{"destination":{"host":"h","subset":"v2"},"weight":0}]}]}}""",
            desired.ToJsonString());
    }

    [Fact]
    public void Routes_that_others_have_changed_are_left_to_the_update()
    {
        var live = JsonNode.Parse("""
            {"metadata":{"name":"g","managedFields":[
              {"manager":"pulumi-kubernetes-1","operation":"Apply","fieldsV1":{"f:spec":{}}},
              {"manager":"kubectl-patch","operation":"Update","fieldsV1":{"f:spec":{"f:http":{}}}}]},"spec":{"http":[]}}
            """)!;

        Assert.Contains("pulumi-kubernetes-1, kubectl-patch", Assert.Throws<UserException>(() => DeployedSplit.Changed(live, "v2", 0)).Message, StringComparison.Ordinal);
    }

    // Another id of the module is all that the same sources would not bring.
    private static async Task BuildAgainAsync(string assembly)
    {
        var bytes = await File.ReadAllBytesAsync(assembly);
        Guid id;
        using (var image = new PEReader(new MemoryStream(bytes)))
        {
            var metadata = image.GetMetadataReader();
            id = metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
        }

        var at = bytes.AsSpan().IndexOf(id.ToByteArray());
        bytes[at] ^= 1;
        await File.WriteAllBytesAsync($"{assembly}.new", bytes);
        File.Move($"{assembly}.new", assembly, overwrite: true);
    }

    // What the updates were for, without the program that they deployed.
    internal static string[] Begun(FakeStack stack) => [.. stack.Read("begun").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(message => message.Split("; program ")[0])];

    // A history as an earlier rollout leaves it.
    internal static async Task SetAsync(FakeStack stack, string canary, int weight)
    {
        await stack.ConfigureAsync($"canaryVersion={canary}", string.Create(CultureInfo.InvariantCulture, $"canaryWeight={weight}"));
        var config = $$"""{"gopher-mesh:canaryVersion":{"value":"{{canary}}"},"gopher-mesh:canaryWeight":{"value":"{{weight}}"} }""";
        stack.Write("history", $$"""{"startTime":"2026-11-29T01:02:03.000Z","message":"earlier","result":"succeeded","version":1,"config":{{config}} }""" + "\n");
    }

    // A rollout whose dark launch has been deployed and is being judged.
    internal static async Task<Process> AtDarkLaunchAsync(FakeStack stack)
    {
        var rollout = stack.Start("rollout", "v2");
        await Eventually(() => stack.Read("history").Contains("dark launch", StringComparison.Ordinal) && !stack.Has("lock"));
        return rollout;
    }

    // A rollout whose canary has lost its requests on the cluster, and whose update back has not ended.
    private static async Task<Process> OnTheWayBackAsync(FakeStack stack, string command, string argument)
    {
        stack.Write("inForce", "v1/v2/50\n");
        await SetAsync(stack, "v2", 50);
        stack.Write("hangs", "");
        var rollout = stack.Start(command, argument);
        await Eventually(() => stack.Read("patched") == "0\n" && stack.Read("begun").Length > 0 && stack.Configured.Weight == 0);
        return rollout;
    }

    private static async Task InterruptAsync(Process rollout)
    {
        using var interrupt = Process.Start("kill", ["-s", "INT", rollout.Id.ToString(CultureInfo.InvariantCulture)]);
        await interrupt.WaitForExitAsync();
    }

    // The canary fails as soon as it has requests, and loses them before the update that gave them has ended.
    private static async Task<Process> CutWhileItUpdatesAsync(FakeStack stack)
    {
        var rollout = await AtDarkLaunchAsync(stack);
        stack.Write("hangs", "");
        await Eventually(() => stack.InForce == "v1/v2/50");
        stack.Failing = 1;
        await Eventually(() => stack.InForce == "v1/v2/0");
        return rollout;
    }

    // Reads up to the line that has all of these parts.
    private static async Task LinesAsync(Process rollout, params string[] parts)
    {
        while (!Array.TrueForAll(parts, (await rollout.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("the rollout has ended")).Contains))
        {
        }
    }

    internal static HttpListener Slack(out string address)
    {
        var listener = new HttpListener();
        address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Random.Shared.Next(20_000, 30_000)}/hook/");
        listener.Prefixes.Add(address);
        listener.Start();
        return listener;
    }

    internal static async Task<List<string>> PostsAsync(HttpListener listener)
    {
        List<string> posts = [];
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
                posts.Add(JsonDocument.Parse(await reader.ReadToEndAsync()).RootElement.GetProperty("text").GetString()!);
                context.Response.Close();
            }
        }
        catch (Exception end) when (end is HttpListenerException or ObjectDisposedException)
        {
            return posts;
        }
    }

    internal static async Task Eventually(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            await Task.Delay(20, limit.Token);
        }
    }
}

/// <summary>The weights that a rollout changes on the cluster, before the update does.</summary>
public class DeployedSplitTests
{
    private const string Live = """
        {
          "apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
          "metadata": {"name": "gopher-distributor", "managedFields": [{"manager": "pulumi", "operation": "Apply", "fieldsV1": {"f:spec": {}}}]},
          "spec": {"http": [
            {"name": "preview-v2", "route": [{"destination": {"subset": "v2"}, "weight": 100}]},
            {"name": "sticky-v2", "route": [{"destination": {"subset": "v2"}, "weight": 100}]},
            {"name": "split", "route": [{"destination": {"subset": "v1"}, "weight": 90}, {"destination": {"subset": "v2"}, "weight": 10}]}
          ]}
        }
        """;

    [Theory]
    [InlineData(0, "preview-v2,split")]
    [InlineData(5, "preview-v2,sticky-v2,split")]
    public void Callers_who_stay_with_the_canary_go_back_at_weight_0_with_all_others(int weight, string routes)
    {
        var (manager, desired) = DeployedSplit.Changed(JsonNode.Parse(Live)!, "v2", weight);

        Assert.Equal("pulumi", manager);
        Assert.Equal(routes.Split(','), desired["spec"]!["http"]!.AsArray().Select(route => (string?)route!["name"]));
        Assert.Equal([100 - weight, weight], desired["spec"]!["http"]!.AsArray()[^1]!["route"]!.AsArray().Select(to => (int)to!["weight"]!));
    }
}

/// <summary>The kubeconfig of a stack's own cluster, whose command is asked for a token once for many calls; a script stands in its place.</summary>
public sealed class StackKubeconfigTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kubeconfig");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_token_serves_every_call_until_half_of_its_time_has_passed_and_is_never_used_at_its_end()
    {
        var clock = new Clock();
        using var kubeconfig = Of("""echo x >>asked; echo '{"status":{"token":"t'$(wc -l <asked)'","expirationTimestamp":"2026-11-30T00:14:00Z"}}'""", clock);

        Assert.Contains("\"token\":\"t1\"", await TextAsync(kubeconfig), StringComparison.Ordinal);
        clock.Now = clock.Now.AddMinutes(6);
        Assert.Contains("\"token\":\"t1\"", await TextAsync(kubeconfig), StringComparison.Ordinal);

        // Renewed beside the call that finds it old.
        clock.Now = clock.Now.AddMinutes(2);
        Assert.Contains("\"token\":\"t", await TextAsync(kubeconfig), StringComparison.Ordinal);
        while (!(await TextAsync(kubeconfig)).Contains("\"token\":\"t2\"", StringComparison.Ordinal))
        {
            await Task.Delay(10);
        }

        // The command goes on giving the one that ends now: kubectl asks itself.
        clock.Now = clock.Now.AddMinutes(6);
        Assert.Contains("\"exec\":{", await TextAsync(kubeconfig), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit 1")]
    [InlineData("echo 'The SSO session has expired'")]
    [InlineData("""echo '{"status":{"token":"t"}}'""")]
    [InlineData("""echo '{"status":{"token":"t","expirationTimestamp":"2026-11-30T00:14:00Z","clientCertificateData":"c"}}'""")]
    public async Task A_command_that_gives_no_token_is_left_to_kubectl(string script)
    {
        using var kubeconfig = Of(script, new());

        Assert.Contains("\"exec\":{", await TextAsync(kubeconfig), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_file_is_for_this_user_alone_and_goes_with_the_rollout()
    {
        string file;
        using (var kubeconfig = Of("exit 1", new()))
        {
            file = await kubeconfig.FileAsync(CancellationToken.None);
            Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Path.GetDirectoryName(file)!) == (UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        }

        Assert.False(Directory.Exists(Path.GetDirectoryName(file)));
    }

    private StackKubeconfig Of(string script, Clock clock) => new(
        new JsonObject
        {
            ["users"] = new JsonArray(new JsonObject
            {
                ["user"] = new JsonObject
                {
                    ["exec"] = new JsonObject
                    {
                        ["command"] = "bash",
                        ["args"] = new JsonArray("-c", $"[[ $KUBERNETES_EXEC_INFO == *ExecCredential* && $PROFILE == team ]] && cd {_folder.FullName} && {{ {script}; }}"),
                        ["env"] = new JsonArray(new JsonObject { ["name"] = "PROFILE", ["value"] = "team" }),
                    },
                },
            }),
        }.ToJsonString(),
        clock);

    private static async Task<string> TextAsync(StackKubeconfig kubeconfig) => await File.ReadAllTextAsync(await kubeconfig.FileAsync(CancellationToken.None));

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 30, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}

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
