namespace GopherMesh.Tests.Engine;

/// <summary>The number of pods is the autoscaler's: what an update may do to it, and what it must not.</summary>
public sealed class AutoscalingTests
{
    private const string V1 = "gopher-distributor-v1";
    private const string V2 = "gopher-distributor-v2";

    [EngineFact]
    public async Task An_update_leaves_the_number_of_pods_to_the_autoscaler()
    {
        var stack = await CommittedStack.InitAsync();
        await stack.UseTestImagesAsync();
        await stack.SetAsync("metricsServer", "true");
        await stack.SetAsync("distributorReplicas", "2");
        await stack.UpAsync();

        // Switched on: nobody is reset to the API server's one pod.
        await stack.SetAsync("distributorMaxReplicas", "4");
        await stack.SetAsync("canaryVersion", "v2");
        await stack.SetAsync("canaryWeight", "50");
        await stack.UpAsync();
        Assert.Equal(2, await ReplicasAsync(V1));
        Assert.Equal("nothing", (await stack.UpAsync("--expect-no-changes")).Summary);

        // There are no measurements here, so the autoscaler keeps the least: at 50 % what the step to 100 % needs.
        await UntilReplicasAsync(V2, 4);
        Assert.Equal("nothing", (await stack.UpAsync("--expect-no-changes")).Summary);
        Assert.Equal(4, await ReplicasAsync(V2));

        // Weights and new pods leave it alone, and end in no conflict. (The image is the same by a shorter name.)
        await stack.SetAsync("canaryWeight", "100");
        await stack.UpAsync();
        await stack.SetPathAsync("versions.v2", "local/gopher-distributor:test");
        await stack.UpAsync();
        Assert.Equal((2, 4), (await ReplicasAsync(V1), await ReplicasAsync(V2)));
        await stack.UpAsync("--refresh");
        Assert.Equal((2, 4), (await ReplicasAsync(V1), await ReplicasAsync(V2)));
        Assert.Equal("nothing", (await stack.PreviewAsync("--refresh", "--expect-no-changes")).Summary);

        // Switched off, as docs/settings.md says.
        await stack.SetAsync("stableVersion", "v2");
        await stack.SetAsync("canaryVersion", "");
        await stack.SetAsync("canaryWeight", "0");
        await stack.SetAsync("distributorMaxReplicas", "0");
        await stack.UpAsync();
        // The engine deletes last, so the autoscaler may have set its number once more.
        await stack.UpAsync("--refresh");
        Assert.Equal(2, await ReplicasAsync(V2));
        Assert.Equal("nothing", (await stack.PreviewAsync("--refresh", "--expect-no-changes")).Summary);
    }

    private static async Task<int> ReplicasAsync(string deployment) =>
        int.Parse(await Started.RunAsync("kubectl", "--namespace", "gophers", "get", "deployment", deployment, "--output=jsonpath={.spec.replicas}"));

    private static async Task UntilReplicasAsync(string deployment, int replicas) =>
        await Started.RunAsync("kubectl", "--namespace", "gophers", "wait", $"--for=jsonpath={{.status.readyReplicas}}={replicas}", $"deployment/{deployment}", "--timeout=180s");
}
