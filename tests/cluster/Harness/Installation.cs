using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster.Harness;

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
