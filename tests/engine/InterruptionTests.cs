namespace GopherMesh.Tests.Engine;

/// <summary>kill -9 of the engine and all that it has started, at instants that a fixed seed gives, and what docs/recovery.md says then.</summary>
public sealed class InterruptionTests
{
    private const int Seed = 20261129;

    private readonly Random _random = new(Seed);

    private int _kills;

    [EngineFact]
    public async Task After_kills_at_random_instants_the_commands_of_the_recovery_page_end_with_the_same_stack_and_with_an_empty_account()
    {
        var before = await Account.ContentAsync();
        var stack = await DevStack.InitAsync();
        await stack.UseTestImagesAsync();

        // The first up is killed three times: each goes on from what the one before has left.
        foreach (var (from, to) in ((int, int)[])[(8, 25), (8, 40), (8, 60)])
        {
            await KilledAsync(stack, "up", from, to);
        }

        await UntilDoneAsync(stack, "up");
        await stack.SetAsync("canaryVersion", "v2");
        await KilledAsync(stack, "up", 3, 20);
        await UntilDoneAsync(stack, "up");
        await stack.SetAsync("canaryWeight", "10");
        await KilledAsync(stack, "up", 3, 12);
        await UntilDoneAsync(stack, "up");
        Assert.Equal("nothing", (await stack.PreviewAsync("--refresh", "--expect-no-changes")).Summary);

        foreach (var (from, to) in ((int, int)[])[(5, 20), (20, 60)])
        {
            await KilledAsync(stack, "destroy", from, to);
        }

        await UntilDoneAsync(stack, "destroy");
        Assert.Empty((await Account.ContentAsync()).Except(before));
        Checkout.Report($"{_kills} kills, each gone on from, and an empty account");
    }

    private async Task KilledAsync(DevStack stack, string verb, int fromSecond, int toSecond)
    {
        var instant = TimeSpan.FromSeconds(fromSecond + (_random.NextDouble() * (toSecond - fromSecond)));
        var update = stack.Start(verb, "--yes", "--skip-preview");
        while (update.Age < instant && !update.HasExited)
        {
            await Task.Delay(10);
        }

        if (update.HasExited)
        {
            Checkout.Report($"{verb} had ended before {instant.TotalSeconds:F1} s");
            return;
        }

        await update.KillAsync();
        _kills++;
        var state = await stack.StateAsync();
        Checkout.Report($"{verb} killed after {instant.TotalSeconds:F1} s: {state["resources"]?.AsArray().Count} resources, pending {string.Join(", ", PendingOf(state))}");
        await RecoverAsync(stack);
    }

    private static IEnumerable<string> PendingOf(System.Text.Json.Nodes.JsonNode state) =>
        (state["pending_operations"]?.AsArray() ?? []).Select(operation => $"{operation!["type"]} {$"{operation["resource"]!["type"]}".Split(':')[^1]}");

    // docs/recovery.md, "The engine was killed".
    private static async Task RecoverAsync(DevStack stack)
    {
        await stack.PulumiAsync("cancel", "--yes");
        var recovered = await stack.BashAsync("dotnet artifacts/real/bin/Gopherctl/release/gopherctl.dll recover --stack dev");
        Checkout.Report($"recover, {recovered.Took.TotalSeconds:F0} s: {recovered.Output.Trim()}");
        recovered.Succeeded();
    }

    // The same page, "A Release is stuck after an interruption": only where the engine says so.
    private static async Task UntilDoneAsync(DevStack stack, string verb)
    {
        var run = await stack.PulumiAsync(verb, "--yes", "--skip-preview");
        Checkout.Report($"{verb} goes on: status {run.ExitCode}, {run.Took.TotalSeconds:F0} s");
        if (run.ExitCode != 0)
        {
            await File.WriteAllTextAsync(Path.Combine(Checkout.Work, "failed-once"), run.Output);
            Assert.Matches("another operation .* is in progress|cannot re-use a name", run.Output);
            (await stack.BashAsync("kubectl delete secret -n istio-system -l 'owner=helm,status in (pending-install,pending-upgrade,pending-rollback)'")).Succeeded();
            (await stack.PulumiAsync(verb, "--yes", "--skip-preview")).Succeeded();
        }
    }
}
