using System.Diagnostics;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster.Harness;

/// <summary>The mesh and the gophers, installed once for all tests, and what is declared on them right now.</summary>
public sealed class Mesh : IAsyncLifetime
{
    private static readonly string[] OfARollout = ["stableVersion", "canaryVersion", "canaryWeight", "mirrorPercent", "previewHeader"];

    /// <summary>Where callers reach the system.</summary>
    public Uri Gateway { get; private set; } = null!;

    /// <summary>The namespace of the two services.</summary>
    public string Namespace { get; private set; } = "";

    /// <summary>What has been applied last.</summary>
    internal Rendering Current { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (ClusterSettings.SkipReason is not null)
        {
            return;
        }

        Current = await Rendering.OfAsync();
        Namespace = Current.Single("Deployment", "gopher-requester").Namespace!;
        Report.Line($"installing what gopherctl rendered: {Current.Releases.Count} Helm releases, {Current.Objects.Count} objects");
        await Installation.RunAsync(Current);
        await Kubectl.ApplyAsync([Pods.ReadableStatistics(Namespace)]);
        Gateway = await GatewayAddress.FindAsync();
        await ProxyRoutes.InEffectAsync(this);
        Report.Line($"installed; the gateway is {Gateway}");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>Applies what differs, and waits until every proxy routes by it.</summary>
    /// <param name="settings">All settings that differ from the local stack's, each <c>key=value</c>.</param>
    internal async Task ToAsync(params string[] settings)
    {
        await ApplyAsync(await Rendering.OfAsync(settings));
        await ProxyRoutes.InEffectAsync(this);
    }

    /// <summary>
    /// Stays with what is declared if only the rollout's settings differ from the local stack's, else goes back to those; and waits
    /// until every declared pod is ready.
    /// </summary>
    internal async Task HealthyAsync()
    {
        if (!Current.Settings.All(setting => OfARollout.Contains(setting.Split('=')[0])))
        {
            await ToAsync();
        }

        foreach (var deployment in Current.Objects.Where(item => item.Kind == "Deployment"))
        {
            await Kubectl.RolledOutAsync(deployment.Namespace!, deployment.Name);
        }
    }

    /// <summary>Applies what differs, in the program's order.</summary>
    /// <param name="next">What is declared from now on.</param>
    /// <param name="beforeRoute">Done before the distributor's route changes.</param>
    /// <returns>When the distributor's route was handed to the API server, or the change began if that stays as it is.</returns>
    internal async Task<long> ApplyAsync(Rendering next, Func<Task>? beforeRoute = null)
    {
        var change = Change.Between(Current, next);
        var routed = Stopwatch.GetTimestamp();
        Current = next;
        await Installation.ApplyAsync(change, beforeObject: async item =>
        {
            if (item is not { Kind: "VirtualService", Name: "gopher-distributor" })
            {
                return;
            }

            if (beforeRoute is not null)
            {
                await beforeRoute();
            }

            routed = Stopwatch.GetTimestamp();
        });
        return routed;
    }
}

/// <summary>All tests share one mesh, one after the other.</summary>
[CollectionDefinition(nameof(OneMesh))]
public sealed class OneMesh : ICollectionFixture<Mesh>;

/// <summary>Applies what gopherctl rendered, in the order in which the program declares it, as the engine would.</summary>
internal static class Installation
{
    /// <summary>Everything: the namespaces that the releases need, the Helm releases, then the objects.</summary>
    public static async Task RunAsync(Rendering rendering)
    {
        await Kubectl.ApplyAsync(rendering.Objects.Where(item => item.Kind == "Namespace").Select(item => item.Text));
        foreach (var release in rendering.Releases)
        {
            await Helm.InstallAsync(release);
        }

        await ApplyAsync(new Change(rendering.Objects, []));
    }

    /// <summary>
    /// What differs: releases, then creations and updates, then deletions. As the engine does, it goes on after a Deployment only once
    /// that is rolled out, and after a deletion once the object and its pods are gone.
    /// </summary>
    public static async Task ApplyAsync(Change change, Func<DeclaredObject, Task>? beforeObject = null)
    {
        foreach (var release in change.Upgraded)
        {
            await Helm.InstallAsync(release);
        }

        List<DeclaredObject> together = [];
        foreach (var item in change.Applied)
        {
            // Each routing object is a step of its own, so that its time is known; the rest saves a process each.
            if (item.Kind == "VirtualService")
            {
                await ApplyTogetherAsync(together);
            }

            if (beforeObject is not null)
            {
                await beforeObject(item);
            }

            together.Add(item);
            if (item.Kind is "Deployment" or "VirtualService")
            {
                await ApplyTogetherAsync(together);
            }

            if (item.Kind == "Deployment")
            {
                await Kubectl.RolledOutAsync(item.Namespace!, item.Name);
            }
        }

        await ApplyTogetherAsync(together);
        foreach (var item in change.Deleted)
        {
            await Kubectl.RunOnAsync([item.Text], "delete", "--cascade=foreground", "--wait", "--timeout=120s");
        }
    }

    private static async Task ApplyTogetherAsync(List<DeclaredObject> objects)
    {
        if (objects.Count > 0)
        {
            await Kubectl.ApplyAsync(objects.Select(item => item.Text));
        }

        objects.Clear();
    }
}

/// <summary>
/// The namespaces that a rendering adds to what is installed, as long as this lives. A dry run creates none, and the API server refuses
/// what would be in them.
/// </summary>
internal sealed class NewNamespaces : IAsyncDisposable
{
    private readonly IReadOnlyList<DeclaredObject> _namespaces;

    private NewNamespaces(IReadOnlyList<DeclaredObject> namespaces) => _namespaces = namespaces;

    public static async Task<NewNamespaces> CreateAsync(Rendering installed, Rendering next)
    {
        var there = installed.Objects.Select(item => item.Identity).ToHashSet();
        var namespaces = next.Objects.Where(item => item.Kind == "Namespace" && !there.Contains(item.Identity)).ToList();
        foreach (var item in namespaces)
        {
            await Kubectl.ApplyAsync(item.Text);
        }

        return new NewNamespaces(namespaces);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var item in _namespaces)
        {
            await Kubectl.RunOnAsync([item.Text], "delete", "--wait", "--timeout=120s");
        }
    }
}
