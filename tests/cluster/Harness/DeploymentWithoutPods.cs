using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Cluster.Harness;

/// <summary>A Deployment without a pod, until this is disposed of: then it has as many as before, all of them ready.</summary>
internal sealed class DeploymentWithoutPods : IAsyncDisposable
{
    private readonly string _namespace;
    private readonly string _deployment;
    private readonly int _replicas;

    private DeploymentWithoutPods(string @namespace, string deployment, int replicas) =>
        (_namespace, _deployment, _replicas) = (@namespace, deployment, replicas);

    /// <summary>Takes a Deployment's pods away, and waits until the last of them has ended.</summary>
    public static async Task<DeploymentWithoutPods> ScaleDownAsync(string @namespace, string deployment)
    {
        var spec = (await Kubectl.GetAsync("--namespace", @namespace, "deployment", deployment))["spec"]!;
        var emptied = new DeploymentWithoutPods(@namespace, deployment, (int)spec["replicas"]!);
        try
        {
            await emptied.ScaleAsync(0);
            await emptied.GoneAsync(spec["selector"]!["matchLabels"]!.AsObject());
            return emptied;
        }
        catch
        {
            await emptied.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ScaleAsync(_replicas);
        await Kubectl.RolledOutAsync(_namespace, _deployment);
    }

    private Task<string> ScaleAsync(int replicas) =>
        Kubectl.RunAsync("--namespace", _namespace, "scale", $"deployment/{_deployment}", $"--replicas={replicas}");

    // Those that are being deleted count, too: they serve on for a while.
    private Task GoneAsync(JsonObject labels)
    {
        var selector = string.Join(',', labels.Select(label => $"{label.Key}={label.Value}"));
        return Eventually.TrueAsync($"the last pod of {_deployment} is gone", async () =>
            (await Kubectl.ListAsync("--namespace", _namespace, "pods", "--selector", selector)).Count == 0);
    }
}
