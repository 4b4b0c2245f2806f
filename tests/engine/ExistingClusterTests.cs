namespace GopherMesh.Tests.Engine;

/// <summary>The committed stack local, on a cluster that others made and go on using.</summary>
public sealed class ExistingClusterTests
{
    // What docs/recovery.md says that a destroy leaves, "What can outlive a destroy".
    private static readonly string[] LeftByIstio = ["/ConfigMap/istio-ca-root-cert", "/ConfigMap/istio-ca-crl"];

    [EngineFact]
    public async Task The_stack_local_is_made_shifted_and_destroyed_on_a_cluster_that_stays()
    {
        var kubeconfig = await KubeconfigAsync();
        var before = await ObjectsAsync();
        var stack = await CommittedStack.InitLocalAsync(kubeconfig);
        await stack.UseTestImagesAsync();

        Assert.Equal(["create"], (await stack.UpAsync()).Counts.Keys);
        await AssertAnswersAsync(stack, "v1");
        Assert.Equal("nothing", (await stack.UpAsync("--expect-no-changes")).Summary);

        await stack.SetAsync("canaryVersion", "v2");
        await stack.UpAsync();
        await stack.SetAsync("canaryWeight", "100");
        Assert.Equal("1 update", (await stack.UpAsync()).Summary);
        await AssertAnswersAsync(stack, "v2");
        Assert.Equal("nothing", (await stack.PreviewAsync("--refresh", "--expect-no-changes")).Summary);

        await stack.DestroyAsync();
        var left = (await ObjectsAsync()).Except(before).ToList();
        Checkout.Report($"the destroyed stack left {left.Count(IsDefinition)} definitions of Istio's kinds, and {string.Join(", ", left.Where(name => !IsDefinition(name)))}");
        Assert.All(left, name => Assert.True(IsDefinition(name) || LeftByIstio.Any(name.EndsWith), name));
        Assert.Empty(before.Except(await ObjectsAsync()));
    }

    /// <summary>The cluster's own access, in a file, under the name that kind would give it.</summary>
    internal static async Task<string> KubeconfigAsync()
    {
        var file = Path.Combine(Checkout.Work, "local.kubeconfig");
        await File.WriteAllTextAsync(file, await Started.RunAsync("kubectl", "config", "view", "--raw"));
        await Started.RunAsync("kubectl", "config", "rename-context", "gopher", "kind-gopher-mesh", $"--kubeconfig={file}");
        return file;
    }

    private static bool IsDefinition(string name) =>
        name.StartsWith("customresourcedefinition", StringComparison.Ordinal) && name.EndsWith(".istio.io", StringComparison.Ordinal);

    /// <summary>README's last two lines, until the version answers: the proxies hear of a weight a moment after the API server.</summary>
    private static async Task AssertAnswersAsync(CommittedStack stack, string version)
    {
        var answer = await stack.BashAsync($$"""
            $(pulumi stack output portForward) >/dev/null &
            trap "kill $!" EXIT
            for try in {1..60}; do
              answer=$($(pulumi stack output curl) -sS --max-time 5) && [[ $answer == "Request >> Gopher Version {{version[1..]}} from pod gopher-distributor-{{version}}-"* ]] && exit 0
              sleep 1
            done
            echo "$answer"; exit 1
            """);
        Assert.True(answer.ExitCode == 0, answer.Output);
    }

    private static async Task<IReadOnlySet<string>> ObjectsAsync()
    {
        const string Kinds = "namespaces,customresourcedefinitions,clusterroles,clusterrolebindings,mutatingwebhookconfigurations,validatingwebhookconfigurations,priorityclasses,storageclasses";
        var names = await Started.RunAsync("kubectl", "get", Kinds, "--output=name");
        var inNamespaces = await Started.RunAsync(
            "kubectl", "get", "configmaps,secrets,services,serviceaccounts,deployments,daemonsets,roles,rolebindings,networkpolicies,poddisruptionbudgets,horizontalpodautoscalers", "--all-namespaces",
            "--output=jsonpath={range .items[*]}{.metadata.namespace}/{.kind}/{.metadata.name}{\"\\n\"}{end}");
        return $"{names}\n{inNamespaces}".Split('\n', StringSplitOptions.RemoveEmptyEntries).ToHashSet();
    }
}
