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
