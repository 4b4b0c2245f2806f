using System.Collections.Immutable;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Judge;
using GopherMesh.Gopherctl.Rehearse.Faults;
using GopherMesh.Gopherctl.Rollout;

namespace GopherMesh.Tests.Rehearsal.Rollout;

/// <summary>What a rollout does about verdicts, gates, deadlines and other people, on a stack whose counts are made up.</summary>
public class RolloutDriverTests
{
    private static readonly RolloutOptions Quick = new() { Interval = TimeSpan.FromMilliseconds(1), ShortestStage = TimeSpan.Zero, Bake = TimeSpan.FromMilliseconds(20) };

    [Fact]
    public async Task A_healthy_canary_goes_through_every_step_and_is_promoted()
    {
        var stack = new MadeUpStack();

        Assert.Equal(RolloutEnd.Promoted, await stack.RolloutAsync(Quick));

        Assert.Equal(["v1/v2/0", "v1/v2/5", "v1/v2/50", "v1/v2/100", "v2//0"], stack.States);
        Assert.Equal(["the only pod"], stack.Shown);
        Assert.Equal(["rollout v2: dark launch", "rollout v2: step 5 %", "rollout v2: step 50 %", "rollout v2: bake at 100 %", "rollout v2: promotion"], stack.Messages);
    }

    [Fact]
    public async Task A_canary_whose_copies_fail_is_taken_back_before_a_caller_meets_it()
    {
        var stack = new MadeUpStack { FailedOf100 = 20 };

        Assert.Equal(RolloutEnd.TakenBack, await stack.RolloutAsync(Quick));

        Assert.Equal(["v1/v2/0", "v1/v2/0"], stack.States);
        Assert.StartsWith("rollout v2: taken back at dark launch: v2 is worse than the stable version: failures", stack.Messages[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_canary_that_turns_bad_at_a_step_goes_back_to_weight_0()
    {
        var stack = new MadeUpStack { FailedOf100 = 20, HealthyUpTo = 5 };

        Assert.Equal(RolloutEnd.TakenBack, await stack.RolloutAsync(Quick));

        Assert.Equal(["v1/v2/0", "v1/v2/5", "v1/v2/50", "v1/v2/0"], stack.States);
    }

    [Fact]
    public async Task Missing_counts_are_no_success_and_the_deadline_holds_the_weight()
    {
        var stack = new MadeUpStack { HasCounts = false };

        Assert.Equal(RolloutEnd.Held, await stack.RolloutAsync(Quick with { Deadline = TimeSpan.FromMilliseconds(50) }));

        Assert.Equal(["v1/v2/0"], stack.States);
        Assert.Contains("not enough evidence", stack.Reason, StringComparison.Ordinal);
    }

    // Without counts at all, and against all: `goOn` says that nobody minds.
    [Theory]
    [InlineData(Decision.GoBack, RolloutEnd.TakenBack, "v1/v2/0")]
    [InlineData(Decision.GoOn, RolloutEnd.Promoted, "v2//0")]
    public async Task A_setting_decides_what_happens_without_enough_evidence(object decision, object end, string state)
    {
        var stack = new MadeUpStack { HasCounts = false };

        Assert.Equal(end, await stack.RolloutAsync(Quick with { Deadline = TimeSpan.FromMilliseconds(20), WithoutEvidence = (Decision)decision }));

        Assert.Equal(state, stack.States[^1]);
        Assert.All(stack.Reasons, reason => Assert.StartsWith("not enough evidence: ", reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("stale")]
    [InlineData("begun anew")]
    public async Task Counts_that_end_in_the_bake_promote_nobody(string counts)
    {
        var stack = new MadeUpStack
        {
            Seen = (reading, looks) => reading.Weight < 100 || looks <= 5 ? reading : counts switch
            {
                "missing" => reading with { Stable = null, Canary = null },
                "stale" => reading with { At = reading.At - TimeSpan.FromSeconds(looks - 5) },
                _ => reading with { Canary = new Dictionary<string, VersionCounts> { [$"pod {looks}"] = reading.Canary!["the only pod"] } },
            },
        };

        Assert.Equal(RolloutEnd.Held, await stack.RolloutAsync(Quick with { Bake = TimeSpan.FromSeconds(10), Deadline = TimeSpan.FromMinutes(1), Interval = TimeSpan.FromSeconds(1) }));

        Assert.Equal("v1/v2/100", stack.States[^1]);
        Assert.Equal("not enough evidence: of the 10 s at 100 % 5 s could be judged", stack.Reason);
    }

    [Fact]
    public async Task A_bake_whose_counts_are_back_goes_on_and_the_time_between_is_judged()
    {
        var stack = new MadeUpStack { Seen = (reading, looks) => reading.Weight < 100 || looks is < 3 or > 20 ? reading : reading with { Stable = null, Canary = null } };

        Assert.Equal(RolloutEnd.Promoted, await stack.RolloutAsync(Quick with { Bake = TimeSpan.FromSeconds(10), Interval = TimeSpan.FromSeconds(1) }));

        Assert.StartsWith("v2 had all requests for 10 s and is not worse than the stable version was by more than the tolerance (canary 0 failed of ", stack.Reasons[^1], StringComparison.Ordinal);
        Assert.Equal(21, stack.LooksAt(100));
    }

    [Theory]
    [InlineData(0, RolloutEnd.Promoted, "v1/v2/50 v1/v2/100 v2//0")]
    [InlineData(20, RolloutEnd.TakenBack, "v1/v2/50 v1/v2/0")]
    public async Task A_rollout_that_goes_on_at_100_percent_compares_both_versions_first(int failed, object end, string states)
    {
        var stack = new MadeUpStack { State = new("v1", "v2", 100), FailedOf100 = failed };

        Assert.Equal(end, await stack.RolloutAsync(Quick, gates: [0, 50]));

        Assert.Equal(states, string.Join(' ', stack.States));
        Assert.Equal(["v2 has all requests, and this rollout has not seen v1 beside it: it goes back to the step 50 %, compares both there, and then bakes"], stack.Notes);
    }

    [Theory]
    [InlineData(0, 0, false, RolloutEnd.Promoted, "v1/v2/100 v2//0")]
    [InlineData(0, 20, false, RolloutEnd.TakenBack, "v1/v2/100 v1/v2/0")]
    [InlineData(100, 0, false, RolloutEnd.Promoted, "v2//0")]
    [InlineData(100, 20, false, RolloutEnd.TakenBack, "v1/v2/0")]
    [InlineData(100, 0, true, RolloutEnd.Promoted, "v1/v2/0 v1/v2/100 v2//0")]
    [InlineData(100, 20, true, RolloutEnd.TakenBack, "v1/v2/0 v1/v2/0")]
    public async Task Without_a_step_below_100_percent_copies_are_compared_or_failures_have_a_bound_that_is_said(int weight, int failed, bool copies, object end, string states)
    {
        var stack = new MadeUpStack { State = new("v1", "v2", weight), Steps = [100], FailedOf100 = failed };

        Assert.Equal(end, await stack.RolloutAsync(Quick with { HasCopies = copies }));

        Assert.Equal(states, string.Join(' ', stack.States));
        Assert.Equal(copies, !stack.Reasons[^1].Contains("1 % of ", StringComparison.Ordinal) && !stack.Reasons[^1].Contains("no stable version beside it", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, null, RolloutEnd.AwaitsApproval, "v1/v2/5")]
    [InlineData(5, null, RolloutEnd.Promoted, "v2//0")]
    [InlineData(null, true, RolloutEnd.Promoted, "v2//0")]
    [InlineData(null, false, RolloutEnd.AwaitsApproval, "v1/v2/5")]
    public async Task Beyond_a_gate_somebody_has_to_agree(int? approved, bool? answer, object end, string state)
    {
        var stack = new MadeUpStack();

        Assert.Equal(end, await stack.RolloutAsync(Quick with { Approved = approved, Ask = answer is { } says ? _ => says : null }, gates: [5]));

        Assert.Equal(state, stack.States[^1]);
    }

    [Fact]
    public async Task Somebody_elses_change_stops_the_rollout_before_the_next_step()
    {
        var stack = new MadeUpStack { ForeignChange = "somebody changed the configuration" };

        Assert.Equal(RolloutEnd.ChangedByOthers, await stack.RolloutAsync(Quick));

        Assert.Equal(["v1/v2/0"], stack.States);
        Assert.Equal("somebody changed the configuration", stack.Reason);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("v2")]
    public async Task A_stack_that_somebody_changed_by_hand_is_not_rolled_out(string? deployed)
    {
        var stack = new MadeUpStack { State = new("v1", deployed, 0), Drift = ("the VirtualService was changed by kubectl-edit", ["pulumi up --refresh --stack dev"]) };

        Assert.Equal(RolloutEnd.ChangedByOthers, await stack.RolloutAsync(Quick));

        Assert.Empty(stack.States);
        Assert.Equal("the VirtualService was changed by kubectl-edit", stack.Reason);
        Assert.Equal(["pulumi up --refresh --stack dev", "./gopherctl rollout v2 --stack dev"], stack.Next);
    }

    [Fact]
    public async Task An_update_that_was_interrupted_is_finished_although_what_it_left_half_done_differs()
    {
        var stack = new MadeUpStack { State = new("v1", "v2", 5), Standing = Standing.NotDeployed, Drift = ("the VirtualService was changed", ["pulumi up --refresh --stack dev"]) };

        Assert.Equal(RolloutEnd.Promoted, await stack.RolloutAsync(Quick));
    }

    [Fact]
    public async Task An_interrupted_rollout_goes_on_where_the_configuration_stands()
    {
        var stack = new MadeUpStack { State = new("v1", "v2", 5) };

        Assert.Equal(RolloutEnd.Promoted, await stack.RolloutAsync(Quick));

        Assert.Equal(["v1/v2/50", "v1/v2/100", "v2//0"], stack.States);
    }

    [Fact]
    public async Task Without_copies_the_first_answers_of_a_step_are_judged()
    {
        var stack = new MadeUpStack { FailedOf100 = 100 };

        Assert.Equal(RolloutEnd.TakenBack, await stack.RolloutAsync(Quick with { HasCopies = false }));

        Assert.Equal(2, stack.Looks);
        Assert.Equal(["v1/v2/0", "v1/v2/5", "v1/v2/0"], stack.States);
    }

    [Fact]
    public async Task A_canary_that_is_worse_while_the_update_runs_loses_its_requests_before_the_update_ends()
    {
        var stack = new MadeUpStack { FailedOf100 = 100, EndsUpdatesWhenCut = true };

        Assert.Equal(RolloutEnd.TakenBack, await stack.RolloutAsync(Quick with { HasCopies = false }));

        Assert.Equal(["v1/v2/0", "v1/v2/5", "cut", "v1/v2/0"], stack.States);
    }

    [Fact]
    public async Task A_canary_that_is_worse_is_taken_back_although_the_update_that_gave_it_more_failed()
    {
        var stack = new MadeUpStack { FailedOf100 = 100, EndsUpdatesWhenCut = true, FailsWhenCut = true };

        Assert.Equal(RolloutEnd.TakenBack, await stack.RolloutAsync(Quick with { HasCopies = false }));

        Assert.Equal(["v1/v2/0", "v1/v2/5", "cut", "v1/v2/0"], stack.States);
        Assert.Equal(["the update of the step 5 % did not end: pulumi up failed"], stack.Notes);
    }

    [Fact]
    public async Task A_way_back_that_is_asked_for_while_the_update_runs_cuts_the_canary_off_at_once()
    {
        var stack = new MadeUpStack { EndsUpdatesWhenCut = true };

        Assert.Equal(RolloutEnd.TakenBack, await stack.RolloutAsync(Quick with { AbortAsked = () => stack.State.Weight > 0 }));

        Assert.Equal(["v1/v2/0", "v1/v2/5", "cut", "v1/v2/0"], stack.States);
        Assert.EndsWith("somebody has taken the canary back by hand", stack.Messages[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_way_back_that_is_asked_for_before_the_next_step_is_no_change_of_somebody_else()
    {
        var stack = new MadeUpStack { ForeignChange = "somebody changed the weights on the cluster" };

        Assert.Equal(RolloutEnd.TakenBack, await stack.RolloutAsync(Quick with { AbortAsked = () => stack.HasLookedForChanges }));

        Assert.Equal(["v1/v2/0", "v1/v2/0"], stack.States);
    }

    [Fact]
    public async Task A_stage_that_an_interrupted_rollout_did_not_deploy_is_deployed_first()
    {
        var stack = new MadeUpStack { State = new("v1", "v2", 5), Standing = Standing.NotDeployed };

        Assert.Equal(RolloutEnd.Promoted, await stack.RolloutAsync(Quick));

        Assert.Equal(["v1/v2/5", "v1/v2/50", "v1/v2/100", "v2//0"], stack.States);
    }

    [Fact]
    public async Task A_promotion_that_was_interrupted_is_finished()
    {
        var stack = new MadeUpStack { State = new("v2", null, 0), Standing = Standing.NotDeployed, InForce = 100 };

        Assert.Equal(RolloutEnd.Promoted, await stack.RolloutAsync(Quick));

        Assert.Equal(["rollout v2: promotion"], stack.Messages);
    }

    [Theory]
    [InlineData(5, null, RolloutEnd.ChangedByOthers)]
    [InlineData(100, null, RolloutEnd.AwaitsApproval)]
    [InlineData(100, 100, RolloutEnd.Promoted)]
    public async Task A_promotion_that_somebody_wrote_into_the_configuration_takes_no_step_and_opens_no_gate(int inForce, int? approved, object end)
    {
        var stack = new MadeUpStack { State = new("v2", null, 0), Standing = Standing.NotDeployed, InForce = inForce };

        Assert.Equal(end, await stack.RolloutAsync(Quick with { Approved = approved }, gates: [100]));

        Assert.Equal(approved is null ? 0 : 1, stack.States.Count);
    }

    [Theory]
    [InlineData(5, "v1/v2/5")]
    [InlineData(0, "v1/v2/0 v1/v2/5")]
    public async Task A_weight_that_somebody_raised_in_the_configuration_is_not_deployed_and_opens_no_gate(int inForce, string states)
    {
        var stack = new MadeUpStack { State = new("v1", "v2", 50), Standing = Standing.NotDeployed, InForce = inForce };

        Assert.Equal(RolloutEnd.AwaitsApproval, await stack.RolloutAsync(Quick, gates: [10]));

        Assert.Equal(states, string.Join(' ', stack.States));
        Assert.Equal([$"the configuration gives v2 50 %, and {inForce} % are in force: the rollout goes on from these"], stack.Notes);
    }

    [Fact]
    public async Task A_bake_that_was_not_deployed_is_compared_first_and_not_deployed_before()
    {
        var stack = new MadeUpStack { State = new("v1", "v2", 100), Standing = Standing.NotDeployed };

        Assert.Equal(RolloutEnd.Promoted, await stack.RolloutAsync(Quick));

        Assert.Equal(["v1/v2/50", "v1/v2/100", "v2//0"], stack.States);
    }

    [Theory]
    [InlineData(10, RolloutEnd.AwaitsApproval)]
    [InlineData(40, RolloutEnd.Promoted)]
    public async Task Of_several_gates_in_one_step_the_highest_has_to_be_agreed_to(int approved, object end) =>
        Assert.Equal(end, await new MadeUpStack().RolloutAsync(Quick with { Approved = approved }, gates: [10, 40]));

    [Fact]
    public async Task A_way_back_that_was_interrupted_is_finished()
    {
        var stack = new MadeUpStack { State = new("v1", "v2", 50), Standing = Standing.BeingTakenBack };

        Assert.Equal(RolloutEnd.TakenBack, await stack.RolloutAsync(Quick));

        Assert.Equal(["v1/v2/0"], stack.States);
    }

    [Fact]
    public async Task A_version_that_serves_already_is_refused() => Assert.Contains(
        "is the stable version already",
        (await Assert.ThrowsAsync<UserException>(() => new MadeUpStack { State = new("v2", null, 0) }.RolloutAsync(Quick))).Message,
        StringComparison.Ordinal);

    [Fact]
    public async Task Somebody_elses_change_stops_a_rollout_that_goes_on_before_it_judges()
    {
        var stack = new MadeUpStack { State = new("v1", "v2", 5), ForeignChange = "somebody changed the weights on the cluster" };

        Assert.Equal(RolloutEnd.ChangedByOthers, await stack.RolloutAsync(Quick));

        Assert.Empty(stack.States);
    }

    [Fact]
    public async Task A_failed_update_ends_the_rollout_with_no_more_weight_than_before()
    {
        var stack = new MadeUpStack { FailsAt = 50 };

        await Assert.ThrowsAsync<UserException>(() => stack.RolloutAsync(Quick));

        Assert.Equal(["v1/v2/0", "v1/v2/5"], stack.States);
    }

    [Fact]
    public async Task A_live_canary_that_fails_is_taken_back_by_its_copies_and_no_caller_notices()
    {
        await using var target = await RehearsedTarget.StartAsync("dev", [], "v2", VersionFault.Parse("errors=20%"), rate: 50, _ => { }, CancellationToken.None);
        var plan = RolloutPlan.For("v2", await target.ReadAsync(CancellationToken.None), [5, 100], []);

        Assert.Equal(RolloutEnd.TakenBack, await new RolloutDriver("v2", target, plan, new(), new MadeUpStack(), TimeProvider.System).RunAsync(CancellationToken.None));

        Assert.Equal(new("v1", "v2", 0), await target.ReadAsync(CancellationToken.None));
        Assert.True(target.Callers.Sent > 0);
        Assert.Equal(0, target.Callers.Failed);
    }

    // The histograms of Envoy lag behind its counters: what they bring at a step's beginning is of the copies before it.
    [Fact]
    public async Task Slow_copies_that_are_timed_after_the_shift_are_not_taken_for_answers_of_the_step()
    {
        var stack = new MadeUpStack { Bounds = ["100 ms"], SlowCopies = true, LateLooks = 4, CountsAtOneInstant = false };

        Assert.Equal(RolloutEnd.Promoted, await stack.RolloutAsync(Quick));
    }

    [Theory]
    [InlineData(-1, RolloutEnd.Promoted)]
    [InlineData(0, RolloutEnd.TakenBack)]
    public async Task Slow_answers_take_a_canary_back_at_a_step_and_slow_copies_do_not(int slowFrom, object end)
    {
        var stack = new MadeUpStack { Bounds = ["100 ms"], SlowCopies = true, SlowAnswers = slowFrom >= 0 };

        Assert.Equal(end, await stack.RolloutAsync(Quick));
    }

    [Fact]
    public async Task The_canary_gets_no_more_requests_before_the_pods_for_them_are_ready()
    {
        // A step needs as many pods as its weight; at the fourth question there are 50, and at each later one as many more.
        var (ready, asked) = (0, 0);
        var stack = new MadeUpStack { ReadyPods = () => asked++ < 3 ? ready : ready += 50, Needs = weight => weight };

        Assert.Equal(RolloutEnd.Promoted, await stack.RolloutAsync(Quick));

        Assert.Equal(["v1/v2/0", "0 of 5", "v1/v2/5", "v1/v2/50", "v1/v2/100", "v2//0"], stack.States);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public async Task Pods_that_do_not_come_hold_the_weight_and_that_is_said(int weight)
    {
        var stack = new MadeUpStack { State = new("v1", "v2", weight), ReadyPods = () => 2, Needs = _ => 3 };

        Assert.Equal(RolloutEnd.Held, await stack.RolloutAsync(Quick with { PodsPatience = TimeSpan.FromMilliseconds(50) }));

        Assert.Equal(["2 of 3"], stack.States);
        Assert.StartsWith($"after 0 s v2 has 2 ready pods, and step {(weight == 0 ? 5 : 50)} % needs 3: ", stack.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pods_that_nobody_can_count_are_not_ready()
    {
        var stack = new MadeUpStack { ReadyPods = () => throw new UserException("kubectl: no route to host", "kubectl", "Mend it."), Needs = _ => 3 };

        Assert.Equal(RolloutEnd.Held, await stack.RolloutAsync(Quick with { HasCopies = false, PodsPatience = TimeSpan.FromMilliseconds(50) }));

        Assert.Equal(["v1/v2/0"], stack.States);
        Assert.EndsWith("nobody can tell whether v2 has the pods that step 5 % needs: kubectl: no route to host", stack.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_canary_that_turns_bad_while_its_next_pods_are_awaited_goes_back()
    {
        MadeUpStack? stack = null;
        stack = new MadeUpStack
        {
            State = new("v1", "v2", 5),
            ReadyPods = () =>
            {
                stack!.FailedOf100 = 20;
                return 2;
            },
            Needs = _ => 3,
        };

        Assert.Equal(RolloutEnd.TakenBack, await stack.RolloutAsync(Quick));

        Assert.Equal(["2 of 3", "v1/v2/0"], stack.States);
    }

    [Fact]
    public async Task A_person_takes_the_canary_back_while_its_next_pods_are_awaited()
    {
        MadeUpStack? stack = null;
        stack = new MadeUpStack
        {
            State = new("v1", "v2", 5),
            ReadyPods = () =>
            {
                stack!.Chosen.Abort();
                return 2;
            },
            Needs = _ => 3,
        };

        Assert.Equal(RolloutEnd.TakenBack, await stack.RolloutAsync(Quick));

        Assert.Equal(["2 of 3", "v1/v2/0"], stack.States);
    }

    [Fact]
    public async Task A_way_back_that_is_asked_for_in_the_instant_of_the_promotion_is_gone()
    {
        var stack = new MadeUpStack { IsPromotionRefused = true };

        Assert.Equal(RolloutEnd.TakenBack, await stack.RolloutAsync(Quick));

        Assert.Equal(["v1/v2/100", "v1/v2/0"], stack.States[^2..]);
        Assert.Equal(RolloutOptions.AbortReason, stack.Reason);
    }

    [Fact]
    public async Task Whoever_changed_the_configuration_before_the_promotion_is_told_and_no_promotion_begins()
    {
        var stack = new MadeUpStack { State = new("v1", "v2", 50), ForeignChangeAt = 100 };

        Assert.Equal(RolloutEnd.ChangedByOthers, await stack.RolloutAsync(Quick));

        Assert.Equal(("v1/v2/100", null), (stack.States[^1], stack.PromotionToldAfter));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_promotion_that_another_run_had_begun_is_told_before_it_is_finished(bool isRefused)
    {
        var stack = new MadeUpStack { State = new("v2", null, 0), Standing = Standing.NotDeployed, InForce = 100, IsPromotionRefused = isRefused };

        if (isRefused)
        {
            Assert.Contains("there is no weight to go back to", (await Assert.ThrowsAsync<UserException>(() => stack.RolloutAsync(Quick))).Message, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(RolloutEnd.Promoted, await stack.RolloutAsync(Quick));
        }

        Assert.Equal((0, isRefused ? "" : "v2//0"), (stack.PromotionToldAfter, string.Join(' ', stack.States)));
    }

    /// <summary>A stack in memory, 1,000 requests to each version between two looks.</summary>
    private sealed class MadeUpStack : IRolloutTarget, IRolloutView
    {
        private readonly Dictionary<int, int> _looksAt = [];
        private long _looks;
        private long _failures;
        private long _stable;
        private long _quick;

        public long Looks => _looks;

        public StackState State { get; set; } = new("v1", null, 0);

        public int FailedOf100 { get; set; }

        public int HealthyUpTo { get; init; } = -1;

        public bool HasCounts { get; init; } = true;

        /// <summary>What is seen of a reading, and of how many at its weight this is the last.</summary>
        public Func<Reading, int, Reading> Seen { get; init; } = (reading, _) => reading;

        public ImmutableArray<int> Steps { get; init; } = [5, 50, 100];

        public int FailsAt { get; init; } = -1;

        public string? ForeignChange { get; init; }

        /// <summary>The weight at which somebody changes the configuration.</summary>
        public int ForeignChangeAt { get; init; } = -1;

        public bool HasLookedForChanges { get; private set; }

        public (string Found, IReadOnlyList<string> TakesBack)? Drift { get; init; }

        public Standing Standing { get; init; }

        /// <summary>The weight on the cluster, where that is not what the configuration says.</summary>
        public int? InForce { get; init; }

        /// <summary>Whether somebody asks for the way back in the instant before the promotion.</summary>
        public bool IsPromotionRefused { get; init; }

        public bool EndsUpdatesWhenCut { get; init; }

        public bool FailsWhenCut { get; init; }

        /// <summary>The canary's ready pods; null where no autoscaler chooses.</summary>
        public Func<int>? ReadyPods { get; init; }

        /// <summary>The pods that a weight needs.</summary>
        public Func<int, int> Needs { get; init; } = _ => 0;

        public List<string> States { get; } = [];

        public List<string> Messages { get; } = [];

        public List<string> Notes { get; } = [];

        public List<string> Reasons { get; } = [];

        public string Reason { get; private set; } = "";

        public string[] Next { get; private set; } = [];

        /// <summary>The sources of the counts that a view sees.</summary>
        public SortedSet<string> Shown { get; } = [];

        private TaskCompletionSource Cut { get; } = new();

        public string Options => "--stack dev";

        public string CountsFrom => "a test";

        /// <summary>How many updates there had been when the promotion was told.</summary>
        public int? PromotionToldAfter { get; private set; }

        public ImmutableArray<string> Bounds { get; init; } = [];

        public bool SlowCopies { get; init; }

        public bool SlowAnswers { get; init; }

        public bool CountsAtOneInstant { get; init; } = true;

        /// <summary>In how many looks at the first step the histogram brings slow copies of the dark launch.</summary>
        public int LateLooks { get; init; }

        /// <summary>What the rollout that runs may choose.</summary>
        public RolloutOptions Chosen { get; private set; } = Quick;

        public Task<RolloutEnd> RolloutAsync(RolloutOptions options, params ImmutableArray<int> gates)
        {
            Chosen = options with { Note = Notes.Add, Judge = JudgeSettings.Default with { WarmUp = TimeSpan.Zero, Settling = TimeSpan.Zero } };
            return new RolloutDriver("v2", this, RolloutPlan.For("v2", State, Steps, gates), Chosen, this, new QuickTime()).RunAsync(CancellationToken.None);
        }

        public void Show(RolloutEvent happened)
        {
            if (happened is PodsAwaited { Pods: var pods })
            {
                States.Add($"{pods.Ready} of {pods.Needed}");
            }

            Shown.UnionWith(happened is Looked { Reading.Canary: { } counts } ? counts.Keys : []);
            if (happened is Decided decided)
            {
                Reasons.Add(decided.Reason);
            }

            (Reason, Next) = happened is Ended ended ? (ended.Reason, [.. ended.Next]) : (Reason, Next);
        }

        public Task<StackState> ReadAsync(CancellationToken cancellation) => Task.FromResult(State);

        public Task DeployAsync(IReadOnlyList<ConfigChange> changes, string message, CancellationToken cancellation)
        {
            var next = changes.Aggregate(State, (state, change) => change.Key switch
            {
                "stableVersion" => state with { Stable = change.Value },
                "canaryVersion" => state with { Canary = change.Value.Length > 0 ? change.Value : null },
                _ => state with { Weight = int.Parse(change.Value, provider: null) },
            });
            if (next.Weight == FailsAt)
            {
                throw new UserException("pulumi up failed", "pulumi up", "Mend it.");
            }

            State = next;
            States.Add($"{State.Stable}/{State.Canary}/{State.Weight}");
            Messages.Add(message);
            return EndsUpdatesWhenCut && State.Weight > 0 ? Cut.Task : Task.CompletedTask;
        }

        public bool BeginPromotion()
        {
            PromotionToldAfter = States.Count;
            return !IsPromotionRefused;
        }

        public Task<bool> CutAsync(CancellationToken cancellation)
        {
            States.Add("cut");
            if (FailsWhenCut)
            {
                Cut.TrySetException(new UserException("pulumi up failed", "pulumi up", "Mend it."));
            }
            else
            {
                Cut.TrySetResult();
            }

            return Task.FromResult(true);
        }

        public Task TakeBackAsync(string message, CancellationToken cancellation) => DeployAsync(RolloutPlan.Back, message, cancellation);

        public Task<(Standing Standing, int InForce)> StandingAsync(StackState state, CancellationToken cancellation) => Task.FromResult((Standing, InForce ?? State.Weight));

        public Task<string?> ForeignChangeAsync(StackState expected, CancellationToken cancellation)
        {
            HasLookedForChanges = true;
            return Task.FromResult(ForeignChange ?? (State.Weight == ForeignChangeAt ? "somebody changed the configuration" : null));
        }

        public Task<(string Found, IReadOnlyList<string> TakesBack)?> DriftAsync(CancellationToken cancellation) => Task.FromResult(Drift);

        public Task<CanaryPods?> PodsAsync(StackState next, CancellationToken cancellation) =>
            Task.FromResult(ReadyPods is { } ready ? new CanaryPods(ready(), Needs(next.Weight)) : null);

        // Each look a second later, whatever the clock says; the shares are those that the weight gives.
        public Task<Reading> CountsAsync(StackState state, CancellationToken cancellation)
        {
            _looks++;
            _failures += state.Weight > HealthyUpTo ? 10 * FailedOf100 : 0;
            _quick += (state.Weight == 0 ? SlowCopies : SlowAnswers || (state.Weight == 5 && LooksAt(5) < LateLooks)) ? 500 : 1000;
            // The first bound is smaller than those that are judged.
            var canary = new Dictionary<string, VersionCounts> { ["the only pod"] = new(1000 * _looks, _failures, [0, .. Bounds.Select(_ => _quick)]) };
            _stable += state.Weight switch { 5 => 19_000, 100 => 0, _ => 1000 };
            var stable = new Dictionary<string, VersionCounts> { ["the only pod"] = new(_stable, 0, [0, .. Bounds.Select(_ => _stable)]) };
            _looksAt[state.Weight] = LooksAt(state.Weight) + 1;
            return Task.FromResult(Seen(new(TimeSpan.FromSeconds(_looks), state.Weight, HasCounts ? stable : null, HasCounts ? canary : null), LooksAt(state.Weight)));
        }

        public int LooksAt(int weight) => _looksAt.GetValueOrDefault(weight);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>A clock that goes on as far as somebody waits, at once.</summary>
    private sealed class QuickTime : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _now);

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(GetTimestamp());

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Add(ref _now, dueTime.Ticks);
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}

/// <summary>What follows from a stack's configuration alone: the stages, where a rollout stands, and who has to agree.</summary>
public class RolloutPlanTests
{
    private static readonly ImmutableArray<int> Steps = [5, 25, 50, 100];
    private static readonly StackState Before = new("v1", null, 0);

    [Fact]
    public void Every_stage_is_the_config_lines_that_a_person_would_type()
    {
        var plan = RolloutPlan.For("v2", Before, [10, 100], []);

        Assert.Equal(
            [
                "dark launch: pulumi config set canaryVersion v2, pulumi config set canaryWeight 0",
                "step 10 %: pulumi config set canaryWeight 10",
                "bake at 100 %: pulumi config set canaryWeight 100",
                "promotion: pulumi config set stableVersion v2, pulumi config set canaryVersion \"\", pulumi config set canaryWeight 0",
            ],
            plan.Stages.Select(stage => $"{stage.Title}: {string.Join(", ", stage.Changes.Select(change => change.Command))}"));
    }

    [Theory]
    [InlineData(null, 0, -1)]
    [InlineData("v2", 0, 0)]
    [InlineData("v2", 5, 1)]
    [InlineData("v2", 30, 2)]
    [InlineData("v2", 50, 3)]
    [InlineData("v2", 100, 4)]
    public void A_rollout_goes_on_where_the_configuration_says_it_stands(string? canary, int weight, int position) =>
        Assert.Equal(position, RolloutPlan.For("v2", Before, Steps, []).Position(new("v1", canary, weight)));

    [Fact]
    public void A_promoted_version_stands_at_the_promotion() =>
        Assert.Equal(5, RolloutPlan.For("v2", new("v2", null, 0), Steps, []).Position(new("v2", null, 0)));

    [Theory]
    [InlineData("v2", "v1", "v3")]
    [InlineData("v2", "v2", "v3")]
    public void A_rollout_beside_another_one_is_refused(string canary, string stable, string other) => Assert.Contains(
        $"a rollout of {other} is under way",
        Assert.Throws<UserException>(() => RolloutPlan.For(canary, new(stable, other, 0), Steps, [])).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(5, 2, null)]
    [InlineData(25, 3, 25)]
    [InlineData(100, 5, 100)]
    public void A_gate_stands_between_the_weight_in_force_and_a_higher_one(int now, int next, int? gate)
    {
        var plan = RolloutPlan.For("v2", Before, Steps, [100, 25, 0]);

        Assert.Equal(gate, plan.GateBefore(now, plan.Stages[next]));
    }

    [Theory]
    [InlineData("errors=5%", FaultKind.Errors, 0.05, 0)]
    [InlineData("slow=200ms", FaultKind.Slow, 1, 200)]
    [InlineData("hang", FaultKind.Hang, 1, 0)]
    [InlineData("crash=0.5%", FaultKind.Crash, 0.005, 0)]
    internal void A_fault_is_read(string text, FaultKind kind, double share, int milliseconds) =>
        Assert.Equal(new(kind, share, TimeSpan.FromMilliseconds(milliseconds)), VersionFault.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("errors")]
    [InlineData("errors=0%")]
    [InlineData("errors=101%")]
    [InlineData("errors=5")]
    [InlineData("slow=5%")]
    [InlineData("slow")]
    [InlineData("crash=5ms")]
    [InlineData("fire=1%")]
    public void What_is_no_fault_is_refused(string text) => Assert.Throws<UserException>(() => VersionFault.Parse(text));

    [Fact]
    public void The_counters_of_a_proxy_are_read_by_subset_and_other_clusters_and_tries_that_were_repeated_are_left_out()
    {
        const string Host = "gopher-distributor.gophers.svc.cluster.local";
        const string Statistics = """
            # TYPE envoy_cluster_upstream_rq counter
            envoy_cluster_upstream_rq{response_code_class="2xx",cluster_name="outbound|80|v2|gopher-distributor.gophers.svc.cluster.local"} 95
            envoy_cluster_upstream_rq{response_code_class="5xx",cluster_name="outbound|80|v2|gopher-distributor.gophers.svc.cluster.local"} 5
            envoy_cluster_upstream_rq{response_code="503",cluster_name="outbound|80|v2|gopher-distributor.gophers.svc.cluster.local"} 5
            envoy_cluster_retry_upstream_rq{response_code_class="5xx",cluster_name="outbound|80|v2|gopher-distributor.gophers.svc.cluster.local"} 9
            envoy_cluster_upstream_rq{response_code_class="5xx",cluster_name="outbound|80|v1|gopher-distributor.gophers.svc.cluster.local"} 7
            envoy_cluster_upstream_rq_time_bucket{cluster_name="outbound|80|v2|gopher-distributor.gophers.svc.cluster.local",le="25"} 40
            envoy_cluster_upstream_rq_time_bucket{cluster_name="outbound|80|v2|gopher-distributor.gophers.svc.cluster.local",le="50"} 60
            envoy_cluster_upstream_rq_time_bucket{cluster_name="outbound|80|v2|gopher-distributor.gophers.svc.cluster.local",le="100"} 80
            envoy_cluster_upstream_rq_time_bucket{cluster_name="outbound|80|v2|gopher-distributor.gophers.svc.cluster.local",le="250"} 90
            envoy_cluster_upstream_rq_time_bucket{cluster_name="outbound|80|v2|gopher-distributor.gophers.svc.cluster.local",le="500"} 91
            envoy_cluster_upstream_rq_time_bucket{cluster_name="outbound|80|v2|gopher-distributor.gophers.svc.cluster.local",le="1000"} 92
            envoy_cluster_upstream_rq_time_bucket{cluster_name="outbound|80|v2|gopher-distributor.gophers.svc.cluster.local",le="2500"} 93
            envoy_cluster_upstream_rq_time_bucket{cluster_name="outbound|80|v2|gopher-distributor.gophers.svc.cluster.local",le="5000"} 94
            envoy_cluster_upstream_rq_time_bucket{cluster_name="outbound|80|v2|gopher-distributor.gophers.svc.cluster.local",le="10000"} 95
            envoy_cluster_upstream_rq_time_bucket{cluster_name="outbound|80|v2|gopher-distributor.gophers.svc.cluster.local",le="+Inf"} 95
            """;

        var counts = ProxyCounters.Of(Statistics, Host, "v2");

        Assert.Equal((100, 5, 40, 95, 95), (counts!.Value.Requests, counts.Value.Failures, counts.Value.Within[3], counts.Value.Within[^1], counts.Value.Timed!.Value));
        Assert.Null(ProxyCounters.Of(Statistics, Host, "v3"));
        Assert.Null(ProxyCounters.Of(Statistics.Replace("le=\"50\"", "le=\"51\"", StringComparison.Ordinal), Host, "v2"));
    }
}
