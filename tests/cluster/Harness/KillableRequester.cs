using System.Text.Json.Nodes;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster.Harness;

/// <summary>
/// One more requester beside the declared ones, and like them but for two things, so that its process can be killed from within: a
/// program that does it, and a process namespace shared by the pod's containers. The first process of a namespace, which a
/// container's otherwise is, gets no SIGKILL from its own (pid_namespaces(7)).
/// </summary>
internal sealed class KillableRequester : IAsyncDisposable
{
    private const string Name = "gopher-requester-killable";
    private const string Container = "gopher-requester";
    private const string Folder = "/killer";

    /// <summary>What a container's status shows after SIGKILL: 128 and the signal's number.</summary>
    private const int Killed = 128 + 9;

    private readonly string _namespace;

    private KillableRequester(string @namespace) => _namespace = @namespace;

    /// <summary>Starts it, and waits until it is ready.</summary>
    public static async Task<KillableRequester> StartAsync(Mesh mesh)
    {
        var requester = new KillableRequester(mesh.Namespace);
        try
        {
            // Apply may fail after it has created one of the two objects.
            await Kubectl.ApplyAsync([requester.Program(), requester.Pod(mesh.Current.Single("Deployment", Container))]);
            await Kubectl.RunAsync("--namespace", mesh.Namespace, "wait", "--for=condition=Ready", $"pod/{Name}", "--timeout=120s");
            return requester;
        }
        catch
        {
            await requester.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until it has been sent requests, kills its process, and waits until another one is ready in its place.</summary>
    public async Task KillAsync()
    {
        await Eventually.TrueAsync($"{Name} takes part", async () => await (await StatusAsync()).RequestsReceivedAsync() > 0);
        // It ends with the container that it runs in, so that its own exit status says nothing.
        var killer = await Kubectl.TryAsync(
            "--namespace", _namespace, "exec", Name, "--container", Container, "--", "/usr/share/dotnet/dotnet", $"{Folder}/Killer.dll");
        await Eventually.TrueAsync($"{Name} was killed and has started again ({killer.Errors})", async () =>
            await StatusAsync() is { IsReady: true } status && status.LastExitCode(Container) == Killed);
    }

    public async ValueTask DisposeAsync() =>
        await Kubectl.RunAsync("--namespace", _namespace, "delete", "--ignore-not-found", "pod,configmap", Name);

    private async Task<Pod> StatusAsync() => new(_namespace, await Kubectl.GetAsync("--namespace", _namespace, "pod", Name));

    private JsonObject Program() => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "ConfigMap",
        ["metadata"] = Metadata(),
        ["binaryData"] = new JsonObject(from file in (string[])["Killer.dll", "Killer.runtimeconfig.json"]
                                        select KeyValuePair.Create(file, (JsonNode?)Base64(file))),
    };

    private JsonObject Pod(DeclaredObject deployment)
    {
        var template = deployment.Body["spec"]!["template"]!;
        var spec = template["spec"]!.DeepClone();
        spec["shareProcessNamespace"] = true;
        spec["volumes"] = new JsonArray(new JsonObject { ["name"] = "killer", ["configMap"] = new JsonObject { ["name"] = Name } });
        spec["containers"]![0]!["volumeMounts"] = new JsonArray(new JsonObject { ["name"] = "killer", ["mountPath"] = Folder });
        var metadata = Metadata();
        metadata["labels"] = template["metadata"]!["labels"]!.DeepClone();
        return new() { ["apiVersion"] = "v1", ["kind"] = "Pod", ["metadata"] = metadata, ["spec"] = spec };
    }

    private JsonObject Metadata() => new() { ["name"] = Name, ["namespace"] = _namespace };

    private static string Base64(string file) => Convert.ToBase64String(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, file)));
}
