using System.Text.Json.Nodes;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster;

/// <summary>The API server, Istio and the kubelet take what is declared.</summary>
[Collection(nameof(OneMesh))]
public sealed class AcceptedManifests(Mesh mesh)
{
    private static readonly string[] BothVersions = ["canaryVersion=v2", "canaryWeight=50"];

    [ClusterTheory]
    [InlineData]
    [InlineData("canaryVersion=v2")]
    [InlineData("canaryVersion=v2", "canaryWeight=50")]
    [InlineData("canaryVersion=v2", "previewHeader=x-gopher-version")]
    [InlineData("previewHeader=x-gopher-version", "faultVersion=v1", "faultAbortPercent=10", "faultDelayMs=1500", "faultPercent=50")]
    [InlineData("canaryVersion=v2", "canaryWeight=50", "canaryStickyMinutes=10", "requesterMaxReplicas=6", "distributorMaxReplicas=10")]
    [InlineData("stableVersion=v2")]
    [InlineData("observability=true", "metricsStorageGiB=8")]
    [InlineData("accessLogs=true")]
    public async Task The_api_server_accepts_every_object_with_strict_validation(params string[] settings)
    {
        var rendering = await Rendering.OfAsync(settings);

        await using var namespaces = await NewNamespaces.CreateAsync(mesh.Current, rendering);
        await Kubectl.RunOnAsync(rendering.Objects.Select(item => item.Text), [.. Kubectl.StrictApply, "--dry-run=server"]);
    }

    [ClusterFact]
    public async Task Strict_validation_is_strict()
    {
        var route = mesh.Current.Single("VirtualService", "gopher-distributor").Body.DeepClone();
        route["spec"]!["http"]![0]!["retires"] = new JsonObject();

        var result = await Kubectl.TryOnAsync([route.ToJsonString()], [.. Kubectl.StrictApply, "--dry-run=server"]);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("retires", result.Errors);
    }

    [ClusterFact]
    public async Task Istio_finds_nothing_to_object_to()
    {
        await mesh.ToAsync(BothVersions);

        Assert.DoesNotContain(await Istioctl.AnalyzeAsync(), IsOurs);
    }

    [ClusterFact]
    public async Task Istio_finds_a_subset_that_nobody_declares()
    {
        await mesh.ToAsync(BothVersions);
        var planted = DeclaredObject.ToJson($$"""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: { name: planted, namespace: {{mesh.Namespace}} }
            spec:
              hosts: [planted.example]
              http: [{ route: [{ destination: { host: gopher-distributor.{{mesh.Namespace}}.svc.cluster.local, subset: v9 } }] }]
            """);

        var found = (await Istioctl.AnalyzeAsync(planted)).Where(IsOurs);

        Assert.Contains("v9", (string?)Assert.Single(found)["message"]);
    }

    [ClusterFact]
    public async Task Every_pod_runs_a_gopher_and_its_proxy()
    {
        await mesh.ToAsync(BothVersions);
        foreach (var deployment in mesh.Current.Objects.Where(item => item.Kind == "Deployment"))
        {
            var pods = await Pods.OfAsync(mesh.Namespace, deployment.PodSelector);

            Assert.Equal((int)deployment.Body["spec"]!["replicas"]!, pods.Count);
            Assert.All(pods, pod =>
            {
                Assert.Equal(2, pod.LongRunning.Count);
                Assert.True(pod.IsReady, pod.Name);
            });
        }
    }

    // Of the namespaces that the stack creates; what a cluster brings along is not ours.
    private bool IsOurs(JsonNode message) => (string)message["origin"]! is var origin
        && (origin.Contains(mesh.Namespace, StringComparison.Ordinal) || origin.Contains("istio-system", StringComparison.Ordinal));
}

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
