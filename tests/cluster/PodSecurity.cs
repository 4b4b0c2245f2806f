using System.Text.Json.Nodes;
using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster;

/// <summary>The Pod Security Standard <c>restricted</c>, as the API server itself enforces it, on pods before injection.</summary>
[Collection(nameof(OneMesh))]
public sealed class PodSecurity(Mesh mesh) : IAsyncLifetime
{
    private const string Strict = "gopher-pod-security";

    public async Task InitializeAsync()
    {
        if (ClusterSettings.SkipReason is not null)
        {
            return;
        }

        await Kubectl.RunAsync("create", "namespace", Strict);
        await Kubectl.RunAsync("label", "namespace", Strict, "pod-security.kubernetes.io/enforce=restricted");
        foreach (var account in mesh.Current.Objects.Where(item => item.Kind == "ServiceAccount"))
        {
            await Kubectl.RunAsync("--namespace", Strict, "create", "serviceaccount", account.Name);
        }
    }

    public async Task DisposeAsync()
    {
        if (ClusterSettings.SkipReason is null)
        {
            await Kubectl.RunAsync("delete", "namespace", Strict);
        }
    }

    [ClusterFact]
    public async Task Pods_meet_the_restricted_standard_but_for_what_injection_adds()
    {
        foreach (var deployment in mesh.Current.Objects.Where(item => item.Kind == "Deployment"))
        {
            var result = await AdmitAsync(deployment.Body["spec"]!["template"]!);
            Assert.True(result.ExitCode == 0, $"{deployment.Name}: {result.Errors}");
        }
    }

    [ClusterFact]
    public async Task A_pod_that_runs_as_root_is_refused()
    {
        var template = mesh.Current.Single("Deployment", "gopher-requester").Body["spec"]!["template"]!.DeepClone();
        template["spec"]!["securityContext"]!["runAsUser"] = 0;

        var result = await AdmitAsync(template);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("restricted", result.Errors);
    }

    private static Task<CommandResult> AdmitAsync(JsonNode template)
    {
        var candidate = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject { ["name"] = "candidate", ["namespace"] = Strict },
            ["spec"] = template["spec"]!.DeepClone(),
        };
        return Kubectl.TryOnAsync([candidate.ToJsonString()], "create", "--dry-run=server");
    }
}
