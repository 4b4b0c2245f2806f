namespace GopherMesh.Tests.Engine;

/// <summary>kill -9 of the engine and all that it has started, and what docs/recovery.md says then, "The engine was killed".</summary>
public sealed class InterruptionTests
{
    // The instants; another one gives others.
    private const int Seed = 20261129;

    private const string Recover = $"dotnet artifacts/real/bin/Gopherctl/release/gopherctl.dll recover --stack {CommittedStack.Name} --cancel";

    private const int LeastKills = 20;

    // Where a kill comes, each at least once.
    private const string ClusterCreation = "the creation of the cluster";
    private const string FirstUp = "the rest of the first up";
    private const string DarkLaunch = "a dark launch";
    private const string Shift = "a shift";
    private const string Destroy = "a destroy";

    private static readonly string[] Weights = ["10", "50", "20", "60", "30"];

    private static readonly string[] Stages = [ClusterCreation, FirstUp, DarkLaunch, Shift, Destroy];

    private const string ClusterType = "aws:eks/cluster:Cluster";

    private const string CreatingCluster = $"creating {ClusterType}";

    // What the account lists and the state has one resource of, each.
    private static readonly Dictionary<string, string> TypeOf = new()
    {
        ["VPC"] = "aws:ec2/vpc:Vpc",
        ["subnet"] = "aws:ec2/subnet:Subnet",
        ["internet gateway"] = "aws:ec2/internetGateway:InternetGateway",
        ["NAT gateway"] = "aws:ec2/natGateway:NatGateway",
        ["address"] = "aws:ec2/eip:Eip",
        ["endpoint"] = "aws:ec2/vpcEndpoint:VpcEndpoint",
        ["flow log"] = "aws:ec2/flowLog:FlowLog",
        ["cluster"] = ClusterType,
        ["repository"] = "aws:ecr/repository:Repository",
        ["role"] = "aws:iam/role:Role",
        ["key"] = "aws:kms/key:Key",
        ["key alias"] = "aws:kms/alias:Alias",
        ["log group"] = "aws:cloudwatch/logGroup:LogGroup",
    };

    private const string Force = "PULUMI_K8S_ENABLE_PATCH_FORCE";

    private readonly Random _random = new(Seed);

    private readonly Dictionary<string, int> _killsIn = [];

    private int _added;

    private bool _isForced;

    private IReadOnlyList<string> _lastPending = [];

    private int Kills => _killsIn.Values.Sum();

    [EngineFact]
    public async Task After_kills_at_random_instants_one_command_and_the_next_up_end_with_the_same_stack_and_a_destroy_with_an_empty_account()
    {
        var before = await Account.ContentAsync();
        var stack = await CommittedStack.InitAsync();
        await stack.UseTestImagesAsync();

        // Each run goes on from what the one before has left, so the kills wander through the whole first up.
        await KilledAsync(stack, FirstUp, seconds: 10);
        await KilledWhileTheClusterIsMadeAsync(stack);
        for (var kill = 0; kill < 9; kill++)
        {
            // Longer than any one operation takes on a busy machine, or every kill would meet the same one.
            await KilledAsync(stack, FirstUp, seconds: 15);
        }

        await EndsAsync(stack, "up");
        await AssertNothingBesideAsync(stack, before);
        await stack.SetAsync("canaryVersion", "v2");
        await KilledAsync(stack, DarkLaunch, seconds: 3);
        await KilledAsync(stack, DarkLaunch, seconds: 3);
        await EndsAsync(stack, "up");

        // A shift is one short update, which may end before its instant: then another one follows.
        foreach (var (shift, weight) in Weights.Index())
        {
            if (shift < 2 || !_killsIn.ContainsKey(Shift))
            {
                await stack.SetAsync("canaryWeight", weight);
                await KilledAsync(stack, Shift, seconds: 0.5);
                await EndsAsync(stack, "up");
            }
        }

        Assert.Equal("nothing", (await stack.PreviewAsync("--refresh", "--expect-no-changes")).Summary);
        await AssertNothingBesideAsync(stack, before);

        // More where an update has ended before it was to be killed, but none after the end of the destroy.
        var (kills, goesOn) = (0, true);
        while (goesOn && (kills++ < 7 || Kills < LeastKills))
        {
            goesOn = await KilledAsync(stack, Destroy, seconds: 10);
        }

        await EndsAsync(stack, "destroy");
        Assert.Empty((await Account.ContentAsync()).Except(before));
        var told = string.Join(", ", _killsIn.Select(stage => $"{stage.Value} in {stage.Key}"));
        Checkout.Report($"{Kills} kills ({told}), {_added} resources added to the state by recover, and an account as before");
        Assert.True(Kills >= LeastKills, $"{Kills} kills: {told}");
        Assert.Empty(Stages.Except(_killsIn.Keys));
    }

    /// <summary>Kills the update of a stage at an instant of its own; false where it had ended before.</summary>
    private async Task<bool> KilledAsync(CommittedStack stack, string stage, double seconds)
    {
        var instant = TimeSpan.FromSeconds(_random.NextDouble() * seconds);
        TimeSpan? began = null;
        return await KilledWhenAsync(stack, stage, update => Task.FromResult((began ??= stack.PendingOf().Count > 0 ? update.Age : null) is { } start && update.Age >= start + instant));
    }

    private async Task KilledWhileTheClusterIsMadeAsync(CommittedStack stack)
    {
        await KilledWhenAsync(stack, FirstUp, async _ => stack.PendingOf().Contains(CreatingCluster) && (await Account.AskEksAsync("clusters"))["clusters"]!.AsArray().Any(name => $"{name}" == CommittedStack.Cluster));
        Assert.Contains(CreatingCluster, _lastPending);
    }

    private async Task<bool> KilledWhenAsync(CommittedStack stack, string stage, Func<Started, Task<bool>> isTime)
    {
        var verb = stage == Destroy ? "destroy" : "up";
        var update = Next(stack).Start(verb, "--yes", "--skip-preview");
        while (!update.HasExited && !await isTime(update))
        {
            await Task.Delay(50);
        }

        if (update.HasExited)
        {
            Checkout.Report($"{verb} had ended before it was to be killed: status {(await update.EndAsync()).ExitCode}");
            return false;
        }

        await update.KillAsync();
        var pending = _lastPending = stack.PendingOf();
        var met = pending.Contains(CreatingCluster) ? ClusterCreation : stage;
        _killsIn[met] = _killsIn.GetValueOrDefault(met) + 1;
        var recovered = await stack.BashAsync(Recover);
        if (recovered.Output.Contains("failed to load checkpoint: EOF", StringComparison.Ordinal))
        {
            Checkout.Report($"kill {Kills} came while pulumi wrote the attributes beside its state");
            (await stack.BashAsync("find \"${PULUMI_BACKEND_URL#file://}/.pulumi\" -name '*.attrs' -size 0 -delete")).Succeeded();
            recovered = await stack.BashAsync(Recover);
        }

        _added += recovered.Output.Split('\n').Count(line => line.StartsWith("aws:", StringComparison.Ordinal));
        Checkout.Report($"kill {Kills}: {verb} after {update.Age.TotalSeconds:F1} s with {string.Join(", ", pending)}; recover, {recovered.Took.TotalSeconds:F0} s: {recovered.Output.Trim().ReplaceLineEndings("; ")}");
        recovered.Succeeded();
        _isForced |= recovered.Output.Contains(Force, StringComparison.Ordinal);
        return true;
    }

    // As the last line of recover has it.
    private CommittedStack Next(CommittedStack stack) => _isForced ? stack.With((Force, "true")) : stack;

    private async Task EndsAsync(CommittedStack stack, string verb)
    {
        var run = await Next(stack).PulumiAsync(verb, "--yes", "--skip-preview");
        Checkout.Report($"{verb} goes on: status {run.ExitCode}, {run.Took.TotalSeconds:F0} s");
        run.Succeeded();
        _isForced = false;
    }

    private static async Task AssertNothingBesideAsync(CommittedStack stack, IReadOnlySet<string> before)
    {
        var state = (await stack.StateAsync())["resources"]!.AsArray().Select(resource => $"{resource!["type"]}").ToList();
        var added = (await Account.ContentAsync()).Except(before).ToList();
        Assert.All(TypeOf, kind => Assert.True(
            state.Count(type => type == kind.Value) == added.Count(item => item.StartsWith($"{kind.Key} ", StringComparison.Ordinal) && !(kind.Key == "key" && item.StartsWith("key alias", StringComparison.Ordinal))),
            $"{kind.Key}: the state has {state.Count(type => type == kind.Value)}, the account {string.Join(", ", added.Where(item => item.StartsWith(kind.Key, StringComparison.Ordinal)))}"));
    }
}
