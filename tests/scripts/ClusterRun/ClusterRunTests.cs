using System.Text.RegularExpressions;

namespace GopherMesh.Tests.Scripts.ClusterRun;

/// <summary>On someone's cluster the tests leave nothing, and touch nothing that was there before.</summary>
public sealed class ContextRunTests : IDisposable
{
    private readonly FakeCluster _cluster = new();

    /// <summary>What scripts/cluster-context.sh checks and removes.</summary>
    public static TheoryData<string> Namespaces => [.. ClusterNamespaces.InScript];

    [SessionFact]
    public async Task A_run_leaves_nothing()
    {
        var result = await _cluster.EndWithContextAsync();

        Assert.Equal((0, "2 passed, 0 failed"), (result.ExitCode, result.Output));
        AssertRemoved();
    }

    [SessionTheory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task A_run_that_is_interrupted_leaves_nothing(string signal, int exitCode)
    {
        _cluster.Set("block-run");
        using var run = _cluster.WithContext();
        await run.UntilAsync(() => _cluster.IsSet("in-run"));

        run.Signal(signal);

        Assert.Equal(exitCode, (await run.EndAsync()).ExitCode);
        AssertRemoved();
    }

    [SessionTheory]
    [MemberData(nameof(Namespaces))]
    public async Task A_namespace_that_does_not_go_keeps_nothing_else_and_is_told(string name)
    {
        _cluster.Set($"fail-{name}");

        var result = await _cluster.EndWithContextAsync();

        Assert.Equal(2, result.ExitCode);
        Assert.Contains($"the fake {name} failed", result.Errors);
        Assert.Contains("not everything was taken down", result.Errors);
        Assert.Equal([name], _cluster.Left);
    }

    [SessionFact]
    public async Task A_release_that_does_not_go_keeps_nothing_else_and_is_told()
    {
        _cluster.Set("fail-helm");

        var result = await _cluster.EndWithContextAsync();

        Assert.Equal((2, "2 passed, 0 failed"), (result.ExitCode, result.Output));
        Assert.Empty(_cluster.Left);
    }

    [SessionTheory]
    [MemberData(nameof(Namespaces))]
    public async Task A_namespace_that_was_there_before_is_not_touched(string name)
    {
        _cluster.Set($"namespaces/{name}");

        var result = await _cluster.EndWithContextAsync();

        Assert.Equal(2, result.ExitCode);
        Assert.Contains($"has a namespace {name} already", result.Errors);
        Assert.Equal([name], _cluster.Left);
    }

    [SessionFact]
    public async Task An_Istio_that_was_there_before_is_not_touched()
    {
        _cluster.AddType("gateways.networking.istio.io");

        var result = await _cluster.EndWithContextAsync();

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("has Istio's types already", result.Errors);
        Assert.Equal(["gateways.networking.istio.io"], _cluster.Left);
    }

    [SessionFact]
    public async Task Types_of_other_software_stay()
    {
        _cluster.AddType("gateways.networking.k8s.io");

        var result = await _cluster.EndWithContextAsync();

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["gateways.networking.k8s.io"], _cluster.Left);
    }

    [SessionFact]
    public async Task A_cluster_that_cannot_be_asked_is_not_taken_for_an_empty_one()
    {
        _cluster.Set("fail-kubectl");

        var result = await _cluster.EndWithContextAsync();

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("cannot be reached", result.Errors);
        Assert.Empty(_cluster.Left);
    }

    public void Dispose() => _cluster.Dispose();

    private void AssertRemoved()
    {
        Assert.Empty(_cluster.Left);
        Assert.Equal(
            [
                "helm uninstall istio-ingressgateway", "helm uninstall istiod", "helm uninstall istio-base",
                "delete configmap --all-namespaces --selector istio.io/config=true",
            ],
            _cluster.Calls);
    }
}

/// <summary>A cluster that ./test starts is taken down again, once, however the run ends.</summary>
public sealed class ToolRunTests : IDisposable
{
    private readonly FakeCluster _cluster = new();

    [SessionFact]
    public async Task A_run_that_passes_ends_with_0_and_its_counts_last()
    {
        var result = await _cluster.EndWithToolAsync();

        Assert.Equal((0, "2 passed, 0 failed"), (result.ExitCode, result.Output));
        Assert.Equal(["down", "removed"], _cluster.Removals);
    }

    [SessionFact]
    public async Task Data_of_a_killed_run_are_removed_before_the_cluster_starts()
    {
        _cluster.Set("data");

        var result = await _cluster.EndWithToolAsync();

        Assert.Equal((0, "2 passed, 0 failed"), (result.ExitCode, result.Output));
        Assert.Equal(["status", "down", "up"], _cluster.Calls.Take(3));
    }

    [SessionFact]
    public async Task A_failed_test_ends_with_1()
    {
        _cluster.Set("fail-test");

        var result = await _cluster.EndWithToolAsync();

        Assert.Equal((1, "2 passed, 1 failed"), (result.ExitCode, result.Output));
        Assert.Equal(["down", "removed"], _cluster.Removals);
    }

    [SessionTheory]
    [InlineData("up")]
    [InlineData("image")]
    public async Task A_cluster_that_does_not_come_up_is_taken_down_and_ends_with_2(string step)
    {
        _cluster.Set($"fail-{step}");

        var result = await _cluster.EndWithToolAsync();

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Equal(["down", "removed"], _cluster.Removals);
    }

    [SessionFact]
    public async Task A_cluster_that_was_up_before_is_not_touched()
    {
        _cluster.Set("up");

        var result = await _cluster.EndWithToolAsync();

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("is up already", result.Errors);
        Assert.Equal(["status"], _cluster.Calls);
    }

    [SessionFact]
    public async Task A_cluster_that_stays_up_ends_with_2_although_every_test_passed()
    {
        _cluster.Set("fail-down");

        var result = await _cluster.EndWithToolAsync();

        Assert.Equal((2, "2 passed, 0 failed"), (result.ExitCode, result.Output));
        Assert.Contains("the fake down failed", result.Errors);
        Assert.Contains("not everything was taken down", result.Errors);
    }

    public void Dispose() => _cluster.Dispose();
}

/// <summary>Ctrl-C and other signals: the tests end, then the cluster is taken down, once and whole.</summary>
public sealed class InterruptedRunTests : IDisposable
{
    private readonly FakeCluster _cluster = new();

    [SessionTheory]
    [InlineData("HUP", 129)]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task A_signal_in_the_midst_of_the_tests_ends_them_first(string signal, int exitCode)
    {
        using var run = await BlockedInAsync("run");

        run.Signal(signal);

        Assert.Equal((exitCode, ""), await CodeAndOutputAsync(run));
        Assert.Equal(["down", "removed"], _cluster.Removals);
    }

    [SessionTheory]
    [InlineData("up")]
    [InlineData("image")]
    [InlineData("run")]
    public async Task A_CtrlC_at_any_step_ends_with_130(string step)
    {
        using var run = await BlockedInAsync(step);

        run.SignalAll("INT");

        Assert.Equal((130, ""), await CodeAndOutputAsync(run));
        Assert.Equal(["down", "removed"], _cluster.Removals);
    }

    [SessionFact]
    public async Task A_second_CtrlC_does_not_end_the_removal()
    {
        _cluster.Set("closed");
        using var run = await BlockedInAsync("run");

        run.SignalAll("INT");
        await run.UntilAsync(() => _cluster.IsSet("in-down"));
        run.SignalAll("INT");
        _cluster.Unset("closed");

        Assert.Equal((130, ""), await CodeAndOutputAsync(run));
        Assert.Equal(["down", "removed"], _cluster.Removals);
    }

    [SessionFact]
    public async Task A_CtrlC_that_ends_the_reader_of_the_output_does_not_end_the_removal()
    {
        _cluster.Set("closed");
        using var run = await BlockedInAsync("run", "2>&1 | (echo $BASHPID >\"$FAKE/reader\"; exec cat)");

        run.SignalAll("INT");
        await run.UntilAsync(() => _cluster.IsSet("in-down") && _cluster.HasEnded("reader"));
        _cluster.Unset("closed");

        await run.UntilAsync(() => _cluster.Calls.Contains("removed"));
    }

    public void Dispose() => _cluster.Dispose();

    private static async Task<(int ExitCode, string Output)> CodeAndOutputAsync(RunningScript run)
    {
        var result = await run.EndAsync();
        return (result.ExitCode, result.Output);
    }

    private async Task<RunningScript> BlockedInAsync(string step, string after = "")
    {
        _cluster.Set($"block-{step}");
        var run = _cluster.WithTool(after);
        await run.UntilAsync(() => _cluster.IsSet($"in-{step}"));
        return run;
    }
}

public sealed class NamespaceListTests
{
    // The stack's own namespaces: of the services (the setting `namespace`, which Pulumi.local.yaml does not change), of Istio's charts and of the tools.
    private static readonly string[] OfTheStack = ["gophers", "istio-system", "observability"];

    /// <summary>A namespace that the tests create and the script does not know would stay on someone's cluster.</summary>
    [Fact]
    public void The_script_knows_every_namespace_that_the_tests_name() =>
        Assert.Equal(
            OfTheStack.Concat(ClusterNamespaces.InTests).Order(StringComparer.Ordinal),
            ClusterNamespaces.InScript.Order(StringComparer.Ordinal));

    /// <summary>Without this, a namespace could be named in a way that the test above does not see.</summary>
    [Fact]
    public void Three_places_of_the_tests_create_namespaces_each_by_a_constant()
    {
        string[] creating = ["kind: Namespace,", "\"create\", \"namespace\""];

        var files = Directory.GetFiles(Path.Combine(Repository.Root, "tests", "cluster"), "*.cs", SearchOption.AllDirectories)
            .Where(file => creating.Any(File.ReadAllText(file).Contains))
            .Select(file => Path.GetFileName(file)!)
            .Order(StringComparer.Ordinal);

        Assert.Equal(["AcceptedManifests.cs", "ComparedObjects.cs", "UnauthorizedCallers.cs"], files);
    }
}

/// <summary>Namespaces that a cluster run creates: what the script removes, and what the tests name.</summary>
internal static partial class ClusterNamespaces
{
    /// <summary>The list of scripts/cluster-context.sh.</summary>
    public static IReadOnlyList<string> InScript { get; } =
        List().Match(File.ReadAllText(Path.Combine(Repository.Root, "scripts", "cluster-context.sh"))).Groups[1].Value.Split(' ');

    /// <summary>Constants in tests/cluster of the form in which it names namespaces, but for the two services' own names.</summary>
    public static IReadOnlyList<string> InTests { get; } =
    [
        .. Directory.GetFiles(Path.Combine(Repository.Root, "tests", "cluster"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Literal().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)
            .Where(name => !Service().IsMatch(name))
            .Distinct(),
    ];

    [GeneratedRegex(@"^cluster_namespaces=\(([a-z -]+)\)$", RegexOptions.Multiline)]
    private static partial Regex List();

    [GeneratedRegex("\"(gopher-[a-z0-9-]*[a-z0-9])\"")]
    private static partial Regex Literal();

    [GeneratedRegex("^gopher-(distributor|requester)(-|$)")]
    private static partial Regex Service();
}
