using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Rollout;

namespace GopherMesh.Gopherctl.Recover;

/// <summary>Helm's records of its releases, which are Secrets in the release's namespace (helm, <c>pkg/storage/driver/secrets.go</c>).</summary>
internal static class HelmRecords
{
    // The statuses of a revision with which Helm refuses every other operation (helm, pkg/action/action.go, errPending).
    private const string Pending = "status in (pending-install,pending-upgrade,pending-rollback)";

    /// <summary>
    /// Removes the records that keep the next update from going on. Of an installation that the state does not know that is every record: the next
    /// one takes over the objects, which are marked as the release's own. Of an upgrade it is the last revision: the next one starts from the one
    /// before. An uninstallation goes on by itself.
    /// </summary>
    /// <param name="releases">The releases on which an operation was under way.</param>
    /// <param name="state">The state in plain text, which has the providers of the releases.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The releases whose records were removed, as NAMESPACE/NAME.</returns>
    /// <exception cref="UserException">The cluster cannot be asked.</exception>
    public static async Task<IReadOnlyList<string>> RemoveAsync(IEnumerable<PendingRelease> releases, StackDeployment state, CancellationToken cancellation)
    {
        var removed = new List<string>();
        foreach (var release in releases)
        {
            var selector = release.Operation == "creating" ? $"owner=helm,name={release.Name}" : $"owner=helm,name={release.Name},{Pending}";
            string[] command = ["--namespace", release.Namespace, "delete", "secrets", "--selector", selector, "--output", "name"];
            if ((await AskAsync(state, release, command, cancellation)).Contains("secret/", StringComparison.Ordinal))
            {
                removed.Add($"{release.Namespace}/{release.Name}");
            }
        }

        return removed;
    }

    private static async Task<string> AskAsync(StackDeployment state, PendingRelease release, string[] command, CancellationToken cancellation)
    {
        var (kubeconfig, context) = (state.ProviderInput(release.Provider, "kubeconfig"), state.ProviderInput(release.Provider, "context"));
        if (kubeconfig is null && context is null)
        {
            // Never the machine's own kubeconfig: it may lead to another cluster.
            throw new UserException(
                $"the state does not say in which cluster the release {release.Namespace}/{release.Name} is", release.Provider,
                "See docs/recovery.md, \"A Release is stuck after an interruption\".", ExitCode.NegativeVerdict);
        }

        using var file = kubeconfig is null ? null : new StackKubeconfig(kubeconfig, TimeProvider.System);
        return await new Kubectl(file, context).RunAsync(command, cancellation);
    }
}
