using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace GopherMesh.Tests.Engine;

/// <summary>Objects of the stack that somebody else changes, by kubectl or as another controller does.</summary>
[Collection(RunningStack.Name)]
public sealed class DriftTests(RunningStack running)
{
    private const string Kubectl = "kubectl-patch";

    private const string Argo = "argo";

    private const string NoDrift = "stack dev: nothing differs from what was deployed, and nobody has added to it";

    private const string TakesBack = "what takes it back: ";

    // An edit that a person could make, as a JSON patch; a kind that the stack owns and that is not here fails the test.
    private static readonly Dictionary<string, string> Edits = new()
    {
        ["AuthorizationPolicy"] = """[{"op": "replace", "path": "/spec/action", "value": "AUDIT"}]""",
        ["DestinationRule"] = """[{"op": "replace", "path": "/spec/host", "value": "elsewhere.example"}]""",
        ["Gateway"] = """[{"op": "replace", "path": "/spec/servers/0/hosts", "value": ["elsewhere.example"]}]""",
        ["NetworkPolicy"] = """[{"op": "replace", "path": "/spec/policyTypes", "value": ["Ingress"]}]""",
        ["NodeClass"] = """[{"op": "replace", "path": "/spec/networkPolicy", "value": "DefaultDeny"}]""",
        ["NodePool"] = """[{"op": "replace", "path": "/spec/limits/cpu", "value": "1000"}]""",
        ["PeerAuthentication"] = """[{"op": "replace", "path": "/spec/mtls/mode", "value": "PERMISSIVE"}]""",
        ["PodDisruptionBudget"] = """[{"op": "replace", "path": "/spec/maxUnavailable", "value": 3}]""",
        ["Service"] = """[{"op": "replace", "path": "/spec/selector/app", "value": "elsewhere"}]""",
        ["ServiceAccount"] = """[{"op": "replace", "path": "/automountServiceAccountToken", "value": true}]""",
        ["Sidecar"] = """[{"op": "replace", "path": "/spec/egress/0/hosts", "value": ["*/*"]}]""",
        ["VirtualService"] = """[{"op": "replace", "path": "/spec/http/0/timeout", "value": "99s"}]""",
        ["ConfigMap"] = """[{"op": "replace", "path": "/data/enable-network-policy-controller", "value": "false"}]""",
        ["Namespace"] = """[{"op": "replace", "path": "/metadata/labels/pod-security.kubernetes.io~1warn", "value": "privileged"}]""",
        ["Deployment"] = """[{"op": "replace", "path": "/spec/replicas", "value": 1}]""",
    };

    [EngineFact]
    public async Task What_others_change_is_shown_by_refresh_stops_no_shift_and_is_taken_back_by_up_with_refresh()
    {
        var (stack, objects) = (running.Stack, await ObjectsAsync());
        Assert.Empty(objects.Select(item => item.Kind).Distinct().Except(Edits.Keys));
        // The label that is edited is one of gophers.
        var edited = objects.Where(item => item.Kind != "Namespace" || item.Name == "gophers").ToList();

        foreach (var manager in (string[])[Kubectl, Argo])
        {
            var asDeclared = await ContentAsync(edited);
            foreach (var item in edited)
            {
                await EditAsync(item, manager, Edits[item.Kind]);
            }

            Assert.Equal("nothing", (await stack.PreviewAsync("--expect-no-changes")).Summary);
            var shown = await stack.RefreshAsync("--preview-only");
            Checkout.Report($"{manager} edited {edited.Count} objects of {edited.Select(item => item.Kind).Distinct().Count()} kinds");
            Assert.All(edited, item => Assert.Contains($"{item.Type} {item.Resource} update", shown.Output, StringComparison.Ordinal));
            Assert.Equal($"{edited.Count} update", shown.Summary);
            await AssertToldAsync(edited, manager);

            await stack.SetAsync("canaryWeight", "20");
            Assert.Equal("1 update", (await stack.UpAsync()).Summary);

            await stack.UpAsync("--refresh");
            Assert.Equal((0, NoDrift), await DriftAsync());
            await stack.SetAsync("canaryWeight", "10");
            Assert.Equal("1 update", (await stack.UpAsync()).Summary);
            Assert.Equal(asDeclared, await ContentAsync(edited));
            Assert.Equal("nothing", (await stack.PreviewAsync("--refresh", "--expect-no-changes")).Summary);
        }
    }

    [EngineFact]
    public async Task What_a_refresh_cannot_take_back_has_the_way_that_the_recovery_page_names()
    {
        var (stack, objects) = (running.Stack, await ObjectsAsync());

        // A refresh compares with nothing what is added to a declared list, or stands beside the stack; gopherctl asks the cluster.
        var policy = objects.Single(item => item is { Kind: "AuthorizationPolicy", Name: "gopher-distributor" });
        await EditAsync(policy, Kubectl, """[{"op": "add", "path": "/spec/rules/-", "value": {}}]""");
        await RogueAsync();
        Assert.Equal("nothing", (await stack.RefreshAsync("--preview-only")).Summary);
        var (status, told) = await DriftAsync();
        Assert.Equal(1, status);
        Assert.Matches($@"(?m)^AuthorizationPolicy gophers/gopher-distributor was added to by {Kubectl}, since \S+ \S+ UTC\n  spec\.rules\[1\]: nothing was deployed, \{{\}} is there$", told);
        Assert.Matches(@"(?m)^VirtualService gophers/rogue was made by rogue, since \S+ \S+ UTC: the stack does not have it$", told);
        foreach (var line in told.Split('\n').Where(line => line.StartsWith(TakesBack, StringComparison.Ordinal)))
        {
            (await stack.BashAsync(line[TakesBack.Length..])).Succeeded();
        }

        Assert.Equal((0, NoDrift), await DriftAsync());

        // The API server merges a Service's ports by their numbers, so that the declared one comes beside the other.
        var service = objects.Single(item => item is { Kind: "Service", Name: "gopher-requester" });
        await EditAsync(service, Kubectl, """[{"op": "replace", "path": "/spec/ports/0/port", "value": 81}]""");
        Assert.Contains("Duplicate value", (await stack.PulumiAsync("up", "--refresh", "--yes")).Output, StringComparison.Ordinal);
        (await stack.BashAsync("""kubectl -n gophers patch service gopher-requester --type json -p '[{"op": "replace", "path": "/spec/ports/0/port", "value": 80}]'""")).Succeeded();
        Assert.Equal("nothing", (await stack.PreviewAsync("--refresh", "--expect-no-changes")).Summary);
    }

    /// <summary>gopherctl says of every object who changed which field since when, and what takes it back.</summary>
    private async Task AssertToldAsync(IReadOnlyList<Declared> edited, string manager)
    {
        var (status, told) = await DriftAsync();
        Assert.Equal(1, status);
        foreach (var item in edited)
        {
            Assert.Matches($@"(?m)^{item.Kind} (\S+/)?{Regex.Escape(item.Name)} was changed by {manager}, since {DateTime.UtcNow:yyyy-MM}-\d\d \d\d:\d\d:\d\d UTC\n  \S+: .+ was deployed, .+ is there$", told);
        }

        Assert.Contains($"\nstack dev: {edited.Count} resources are not as they were deployed\nwhat takes it back: pulumi up --refresh --stack dev", told, StringComparison.Ordinal);
    }

    private async Task<(int Status, string Told)> DriftAsync()
    {
        var run = await running.Stack.BashAsync("./gopherctl drift --stack dev");
        await File.WriteAllTextAsync(Path.Combine(Checkout.Work, "last-drift"), run.Output);
        Checkout.Report($"gopherctl drift: status {run.ExitCode}, {run.Took.TotalSeconds:F0} s, {run.Output.Split('\n').Length - 1} lines");
        return (run.ExitCode, run.Output.Trim());
    }

    private static async Task RogueAsync()
    {
        var file = Path.Combine(Checkout.Work, "rogue.json");
        await File.WriteAllTextAsync(file, """
            {"apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": {"name": "rogue", "namespace": "gophers"},
             "spec": {"hosts": ["rogue.example"], "http": [{"route": [{"destination": {"host": "gopher-requester"}}]}]}}
            """);
        await Started.RunAsync("kubectl", "create", "--field-manager=rogue", $"--filename={file}");
    }

    /// <summary>What the stack has in the cluster but for releases of charts.</summary>
    private async Task<IReadOnlyList<Declared>> ObjectsAsync() =>
        [.. (await running.Stack.ObjectsAsync()).Select(item => new Declared(item)).Where(item => item.Kind != "Release")];

    private static async Task EditAsync(Declared item, string manager, string edit)
    {
        if (manager != Argo)
        {
            await Started.RunAsync("kubectl", ["patch", .. item.Arguments, $"--field-manager={manager}", "--type=json", "--patch", edit]);
            return;
        }

        // A controller that applies the whole object as its own.
        var wanted = JsonNode.Parse(await Started.RunAsync("kubectl", ["patch", .. item.Arguments, "--dry-run=server", "--output=json", "--type=json", "--patch", edit]))!.AsObject();
        wanted.Remove("status");
        var metadata = wanted["metadata"]!.AsObject();
        foreach (var name in metadata.Select(entry => entry.Key).Except(["name", "namespace", "labels"]).ToList())
        {
            metadata.Remove(name);
        }

        var file = Path.Combine(Checkout.Work, "argo.json");
        await File.WriteAllTextAsync(file, wanted.ToJsonString());
        await Started.RunAsync("kubectl", "apply", "--server-side", "--force-conflicts", $"--field-manager={manager}", $"--filename={file}");
    }

    /// <summary>What the objects say, without what the API server and controllers write into them.</summary>
    private static async Task<IReadOnlyList<string>> ContentAsync(IEnumerable<Declared> objects)
    {
        var content = new List<string>();
        foreach (var item in objects)
        {
            var live = JsonNode.Parse(await Started.RunAsync("kubectl", ["get", .. item.Arguments, "--output=json"]))!.AsObject();
            live["metadata"] = new JsonObject { ["labels"] = live["metadata"]!["labels"]?.DeepClone() };
            live.Remove("status");
            content.Add($"{item.Kind} {item.Name} {live.ToJsonString(new JsonSerializerOptions { WriteIndented = false })}");
        }

        return content;
    }

    /// <summary>An object of the stack as the state has it.</summary>
    private sealed record Declared(string Type, string Resource, string Kind, string Group, string Name, string Namespace)
    {
        public Declared(JsonNode resource)
            : this(
                $"{resource["type"]}",
                $"{resource["urn"]}".Split("::")[^1],
                $"{resource["inputs"]!["kind"]}",
                $"{resource["inputs"]!["apiVersion"]}".Split('/') is [var group, _] ? $".{group}" : "",
                $"{resource["outputs"]!["metadata"]!["name"]}",
                $"{resource["outputs"]!["metadata"]!["namespace"] ?? "default"}")
        {
        }

        /// <summary>Which object kubectl is to take; with the group, since several have the same kind.</summary>
        public IReadOnlyList<string> Arguments => [$"{Kind}{Group}", Name, $"--namespace={Namespace}"];
    }
}
