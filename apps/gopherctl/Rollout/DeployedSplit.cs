using System.Globalization;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Infra.Routing;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>
/// The weights in force: those of the VirtualService on the cluster. They can be changed there before <c>pulumi up</c> changes them, since
/// a bad canary fails requests in the seconds that the update takes.
/// </summary>
/// <param name="kubectl">Reaches the cluster.</param>
/// <param name="ns">The namespace of the VirtualService.</param>
internal sealed class DeployedSplit(Kubectl kubectl, string ns)
{
    private static readonly string[] OwnMetadata = ["name", "namespace", "labels", "annotations"];

    /// <summary>
    /// A version's weights in percent, each once: the split stands there for each kind of request. Empty where it has none, 100 where requests
    /// are not split and all go to it.
    /// </summary>
    /// <exception cref="UserException">The cluster does not answer.</exception>
    public async Task<int[]> WeightsAsync(string version, CancellationToken cancellation)
    {
        var services = await ListAsync(cancellation);
        return services.Find(service => Splits(service, version).Any()) is { } live ? [.. Splits(live, version).Select(split => Weight(split.Canary)).Distinct()]
            : services.Exists(service => service.Items("spec.http").Any(route => IsAllTo(route, version))) ? [100]
            : [];
    }

    /// <summary>The fully qualified host whose requests are split; null where the canary has no part in a split.</summary>
    /// <exception cref="UserException">The cluster does not answer.</exception>
    public async Task<string?> HostAsync(string canary, CancellationToken cancellation) =>
        await ReadAsync(canary, cancellation) is { } live ? Splits(live, canary).First().Canary.Text("destination.host") : null;

    /// <summary>The version beside which the stable one stands in a split; null where none does.</summary>
    /// <exception cref="UserException">The cluster does not answer.</exception>
    public async Task<string?> CanaryAsync(string stable, CancellationToken cancellation) =>
        (await ListAsync(cancellation)).SelectMany(service => Splits(service, stable)).Select(split => split.Stable.Text("destination.subset")).FirstOrDefault(other => other is not null);

    /// <summary>Gives the canary a weight, and the stable version the rest; does nothing where that is so.</summary>
    /// <param name="state">Both: the canary of another rollout may be this one's stable version by now.</param>
    /// <param name="weight">The canary's weight, 0 to 100.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="UserException">The cluster does not answer, or the object is not the stack's alone.</exception>
    public async Task GiveAsync(StackState state, int weight, CancellationToken cancellation)
    {
        var canary = state.Canary ?? throw new ArgumentException("no canary", nameof(state));
        var live = (await ListAsync(cancellation)).Find(service => Splits(service, canary).Any(split => split.Stable.Text("destination.subset") == state.Stable)) ?? throw new UserException(
            $"no VirtualService splits requests between {canary} and {state.Stable}", $"namespace {ns}", "kubectl get virtualservices shows what is there.", ExitCode.NegativeVerdict);
        if (Splits(live, canary).Any(split => Weight(split.Canary) != weight))
        {
            var (manager, desired) = Changed(live, canary, weight);
            _ = await kubectl.RunAsync(
                ["--namespace", ns, "apply", "--server-side", "--validate=false", $"--field-manager={manager}", "--filename", "-"], cancellation, desired.ToJsonString());
        }
    }

    /// <summary>The object to apply, and the field manager as whom: the one that Pulumi's provider is, so that the object keeps its one owner.</summary>
    /// <param name="live">The VirtualService as it is, with its managed fields.</param>
    /// <param name="canary">The canary.</param>
    /// <param name="weight">Its weight, 0 to 100.</param>
    /// <exception cref="UserException">More than one manager, or none that applies, has set the routes.</exception>
    public static (string Manager, JsonObject Desired) Changed(JsonNode live, string canary, int weight)
    {
        // Server-side apply takes away what a manager had and leaves out, so all of its object is applied (Kubernetes, "Server-Side Apply").
        var owners = live.Items("metadata.managedFields").Where(entry => entry.At("fieldsV1")?["f:spec"] is not null).ToList();
        if (owners is not [{ } owner] || owner.Text("operation") != "Apply" || owner.Text("manager") is not { } manager)
        {
            throw new UserException(
                $"the VirtualService {live.Text("metadata.name")} has been changed by others than the stack: {string.Join(", ", owners.Select(entry => entry.Text("manager")))}",
                "metadata.managedFields",
                "pulumi up --refresh takes their changes back.",
                ExitCode.NegativeVerdict);
        }

        var desired = new JsonObject
        {
            ["apiVersion"] = live["apiVersion"]?.DeepClone(),
            ["kind"] = live["kind"]?.DeepClone(),
            ["metadata"] = new JsonObject(OwnMetadata
                .Where(member => live["metadata"]![member] is not null)
                .Select(member => KeyValuePair.Create(member, live["metadata"]![member]?.DeepClone()))),
            ["spec"] = live["spec"]?.DeepClone(),
        };
        foreach (var (trial, stable) in Splits(desired, canary))
        {
            (trial["weight"], stable["weight"]) = (weight, 100 - weight);
        }

        if (weight == 0 && desired["spec"]?["http"] is JsonArray routes)
        {
            // Callers who stay with the canary by its cookie go back with all others; the update declares the routes again.
            foreach (var sticky in routes.Where(route => ((string?)route?["name"])?.StartsWith(StickyCallers.RoutePrefix, StringComparison.Ordinal) == true).ToList())
            {
                routes.Remove(sticky);
            }
        }

        return (manager, desired);
    }

    private async Task<JsonNode?> ReadAsync(string canary, CancellationToken cancellation) => (await ListAsync(cancellation)).Find(service => Splits(service, canary).Any());

    private async Task<List<JsonNode>> ListAsync(CancellationToken cancellation) => [.. JsonNodes.Parsed(
            await kubectl.RunAsync(["--namespace", ns, "get", "virtualservices.networking.istio.io", "--output", "json", "--show-managed-fields"], cancellation),
            "kubectl get virtualservices --output json")
        .Items("items")];

    // The route without a condition is the one of all other requests.
    private static bool IsAllTo(JsonNode route, string version) =>
        route["match"] is null && route.Items("route").ToList() is [{ } only] && only.Text("destination.subset") == version;

    // A preview's route, and that of callers who stay, has one destination and is not a split.
    private static IEnumerable<(JsonNode Canary, JsonNode Stable)> Splits(JsonNode service, string canary) =>
        from route in service.Items("spec.http")
        let destinations = route.Items("route").ToList()
        where destinations.Count == 2
        let trial = destinations.Find(destination => destination.Text("destination.subset") == canary)
        where trial is not null
        select (trial, destinations.Find(destination => destination != trial));

    // Absent is 0 where there are two of them (Istio's HTTPRouteDestination).
    private static int Weight(JsonNode destination) =>
        destination["weight"] is { } weight ? int.Parse(weight.ToString(), CultureInfo.InvariantCulture) : 0;
}

/// <summary>Takes a canary's requests away on the cluster, before an update does.</summary>
/// <param name="cluster">Has the weights in force.</param>
/// <param name="note">Told once where only the update can do it.</param>
internal sealed class CanaryCut(StackCluster cluster, Action<string> note)
{
    private bool _hasTold;

    /// <summary>Takes them away.</summary>
    /// <param name="state">Reads which canary it is, and beside which version.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="isTold">Whether it is told where that cannot be done.</param>
    /// <returns>Whether there is a canary that gets none now.</returns>
    public async Task<bool> MakeAsync(Func<StackState> state, CancellationToken cancellation, bool isTold = true)
    {
        try
        {
            if (state() is not { Canary: not null } found)
            {
                return false;
            }

            await (await cluster.SplitAsync(cancellation)).GiveAsync(found, 0, cancellation);
            return true;
        }
        catch (UserException uncut)
        {
            if (isTold && !_hasTold)
            {
                note($"the canary goes back by the update alone: {uncut.Message}");
                _hasTold = true;
            }

            return false;
        }
    }
}
