using System.Text.Json.Nodes;
using GopherMesh.DataPlane;
using GopherMesh.DataPlane.Manifests;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Gopherctl.Rehearse;
using GopherMesh.Gopherctl.Rehearse.Workloads;
using GopherMesh.Tests.Rehearsal.DataPlane;

namespace GopherMesh.Tests.Rehearsal.Rehearse;

/// <summary>What is live after an object could not be applied, and what the next plan does about it.</summary>
[Collection(LiveTests.Name)]
public sealed class LiveClusterTests
{
    // It ends at once: the service refuses to start without its VERSION.
    private const string Broken = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: broken, namespace: gophers }
        spec:
          replicas: 1
          progressDeadlineSeconds: 1
          selector: { matchLabels: { app: broken } }
          template:
            metadata: { labels: { app: broken } }
            spec:
              containers: [{ name: service, image: "gopher-distributor:dev", ports: [{ name: http, containerPort: 8080 }], readinessProbe: { httpGet: { path: /readyz, port: http } } }]
        """;

    private static readonly string Route = Declared.DistributorRoutes($"[{{ route: [{Declared.To("v1")}] }}]");

    [Fact]
    public async Task What_waited_for_an_object_that_failed_is_applied_by_the_next_plan()
    {
        await using var cluster = await StartAsync();

        var failed = await cluster.ApplyAsync(Plan(Declared.DistributorService, Broken, Route), CancellationToken.None);
        var mended = await cluster.ApplyAsync(Plan(Declared.DistributorService, Route), CancellationToken.None);

        Assert.Equal(["+ Service gophers/gopher-distributor"], failed.Changes);
        Assert.Equal(["Deployment gophers/broken"], failed.Unfinished);
        Assert.Equal("Deployment gophers/broken", failed.Failure?.Where);
        Assert.Equal(["+ VirtualService gophers/gopher-distributor", "- Deployment gophers/broken"], mended.OrThrow());
        Assert.Empty(mended.Unfinished);
    }

    [Fact]
    public async Task What_was_to_be_removed_when_an_object_failed_is_removed_by_the_next_plan()
    {
        await using var cluster = await StartAsync();
        (await cluster.ApplyAsync(Plan(Declared.DistributorService), CancellationToken.None)).OrThrow();

        var failed = await cluster.ApplyAsync(Plan(Broken), CancellationToken.None);
        var mended = await cluster.ApplyAsync([], CancellationToken.None);

        Assert.Empty(failed.Changes);
        Assert.Equal(["- Deployment gophers/broken", "- Service gophers/gopher-distributor"], mended.OrThrow().Order());
    }

    [Fact]
    public async Task An_object_that_failed_is_applied_again_though_the_plan_is_the_one_before()
    {
        await using var cluster = await StartAsync();
        Assert.NotNull((await cluster.ApplyAsync(Plan(Broken), CancellationToken.None)).Failure);

        Assert.NotNull((await cluster.ApplyAsync(Plan(Broken), CancellationToken.None)).Failure);
    }

    [Fact]
    public async Task A_server_says_what_was_changed_before_a_pod_failed()
    {
        var declaration = await ProgramEvaluator.EvaluateAsync(EffectiveConfig.Read(RepositoryRoot.Find(), "local", []));
        await using var rehearsal = await MeshRehearsal.StartAsync(seed: 1, CancellationToken.None);
        (await rehearsal.DeclareAsync(declaration, CancellationToken.None)).OrThrow();
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "Pulumi.local.yaml");
        await File.WriteAllTextAsync(file, "before");
        var text = new StringWriter();
        var written = TextWriter.Synchronized(text);
        using var stop = new CancellationTokenSource();
        var serving = new Server(Terminal.Of(TextWriter.Null, written), rehearsal, cancellation => rehearsal.DeclareAsync(BreakDistributor(declaration), cancellation), [file])
            .RunAsync(stop.Token);

        await Eventually.HoldsAsync(() => Written().Contains("serving at", StringComparison.Ordinal));
        await File.WriteAllTextAsync(file, "after");
        await Eventually.HoldsAsync(() => Written().Contains("applied in part", StringComparison.Ordinal));

        Assert.Contains("not finished: Deployment gophers/gopher-distributor-v1", Written(), StringComparison.Ordinal);
        Assert.DoesNotContain("nothing was changed", Written(), StringComparison.Ordinal);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => serving);

        // The writer's own lock is itself.
        string Written()
        {
            lock (written)
            {
                return text.ToString();
            }
        }
    }

    private static Declaration BreakDistributor(Declaration declaration)
    {
        var resources = declaration.Resources.Select(resource => resource with { Inputs = resource.Inputs.DeepClone().AsObject() }).ToList();
        var spec = resources.Single(resource => resource is { Type: "kubernetes:apps/v1:Deployment", Name: "gopher-distributor-v1" }).Inputs["spec"]!;
        spec["progressDeadlineSeconds"] = 1;
        spec["template"]!["spec"]!["containers"]![0]!["env"] = new JsonArray();
        return declaration with { Resources = resources };
    }

    private static Task<LiveCluster> StartAsync() => LiveCluster.StartAsync(new PodNames(new Random(1)), new DataPlaneOptions(), path: null, CancellationToken.None);

    // Each object needs those before it.
    private static List<PlannedObject> Plan(params string[] documents)
    {
        var plan = new List<PlannedObject>();
        foreach (var manifest in YamlManifests.Read(documents))
        {
            plan.Add(new PlannedObject(UrnOf(manifest), manifest, plan.Select(before => before.Urn).ToHashSet()));
        }

        return plan;
    }

    private static string UrnOf(Manifest manifest) => $"urn:{manifest.DisplayName}";
}
