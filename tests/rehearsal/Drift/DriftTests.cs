using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Drift;
using GopherMesh.Gopherctl.Program.Stacks;

namespace GopherMesh.Tests.Rehearsal.Drift;

/// <summary>
/// What others changed, in words. The digest is in the form of pulumi's own (pkg/display/json.go): a step of a refresh that differs is told as an update or a
/// deletion, one that does not stays a refresh.
/// </summary>
public sealed partial class DriftTests
{
    /// <summary>A route that kubectl edited, a network policy that is gone, a subnet that somebody changed in AWS, an address that is gone there, and a service as it was.</summary>
    public const string Digest = """
        {
            "config": { "gopher-mesh:canaryWeight": "10" },
            "steps": [
                {
                    "op": "refresh",
                    "urn": "urn:pulumi:dev::gopher-mesh::gopher-mesh:gophers:MeshService$kubernetes:core/v1:Service::gopher-distributor",
                    "oldState": { "type": "kubernetes:core/v1:Service", "inputs": { "apiVersion": "v1", "kind": "Service", "metadata": { "name": "gopher-distributor", "namespace": "gophers" } } },
                    "newState": { "type": "kubernetes:core/v1:Service", "inputs": { "apiVersion": "v1", "kind": "Service", "metadata": { "name": "gopher-distributor", "namespace": "gophers" } } },
                    "detailedDiff": null
                },
                {
                    "op": "update",
                    "urn": "urn:pulumi:dev::gopher-mesh::gopher-mesh:gophers:MeshService$kubernetes:networking.istio.io/v1:VirtualService::gopher-distributor",
                    "oldState": {
                        "type": "kubernetes:networking.istio.io/v1:VirtualService",
                        "inputs": { "apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": { "name": "gopher-distributor", "namespace": "gophers" }, "spec": { "http": [ { "timeout": "4s" } ] } }
                    },
                    "newState": {
                        "type": "kubernetes:networking.istio.io/v1:VirtualService",
                        "inputs": { "apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": { "name": "gopher-distributor", "namespace": "gophers", "labels": { "a.b/c": "d" } }, "spec": { "http": [ { "timeout": "99s" } ] } },
                        "outputs": {
                            "metadata": {
                                "managedFields": [
                                    { "manager": "pulumi-kubernetes-1234", "operation": "Apply", "time": "2026-11-29T08:00:00Z", "fieldsType": "FieldsV1", "fieldsV1": { "f:spec": { "f:hosts": {}, "f:http": {} } } },
                                    { "manager": "someone-else", "operation": "Update", "time": "2026-11-29T07:00:00Z", "fieldsType": "FieldsV1", "fieldsV1": { "f:status": {} } },
                                    { "manager": "kubectl-edit", "operation": "Update", "time": "2026-11-29T08:21:30Z", "fieldsType": "FieldsV1", "fieldsV1": { "f:metadata": { "f:labels": { "f:a.b/c": {} } }, "f:spec": { "f:http": {} } } }
                                ]
                            }
                        }
                    },
                    "diffReasons": [ "metadata", "spec" ],
                    "detailedDiff": {
                        "metadata.labels[\"a.b/c\"]": { "kind": "add", "inputDiff": true },
                        "spec.http[0].timeout": { "kind": "update", "inputDiff": true }
                    }
                },
                {
                    "op": "delete",
                    "urn": "urn:pulumi:dev::gopher-mesh::gopher-mesh:security:Security$kubernetes:networking.k8s.io/v1:NetworkPolicy::default-deny",
                    "oldState": { "type": "kubernetes:networking.k8s.io/v1:NetworkPolicy", "inputs": { "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": { "name": "default-deny", "namespace": "gophers" } } },
                    "detailedDiff": null
                },
                {
                    "op": "update",
                    "urn": "urn:pulumi:dev::gopher-mesh::aws:ec2/subnet:Subnet::cluster-public-0",
                    "oldState": { "type": "aws:ec2/subnet:Subnet", "inputs": { "mapPublicIpOnLaunch": false } },
                    "newState": { "type": "aws:ec2/subnet:Subnet", "inputs": { "mapPublicIpOnLaunch": true }, "outputs": { "mapPublicIpOnLaunch": true } },
                    "detailedDiff": { "mapPublicIpOnLaunch": { "kind": "update", "inputDiff": false } }
                },
                {
                    "op": "delete",
                    "urn": "urn:pulumi:dev::gopher-mesh::aws:ec2/eip:Eip::cluster-0",
                    "oldState": { "type": "aws:ec2/eip:Eip", "inputs": { "domain": "vpc" } },
                    "detailedDiff": null
                }
            ],
            "duration": 8000000000,
            "changeSummary": { "delete": 2, "same": 57, "update": 2 }
        }
        """;

    /// <summary>The route of <see cref="Digest"/> in the cluster, to which somebody has added a second one.</summary>
    public const string Live = """
        {"apiVersion":"networking.istio.io/v1","kind":"VirtualService","metadata":{"name":"gopher-distributor","namespace":"gophers","resourceVersion":"41",
          "managedFields":[{"manager":"kubectl-edit","operation":"Update","time":"2026-11-29T08:21:30Z","fieldsV1":{"f:spec":{"f:http":{}}}}]},
          "spec":{"http":[{"timeout":"99s"},{"route":[{"destination":{"host":"elsewhere"}}]}]}}
        """;

    /// <summary>What kubectl lists of the mesh: a route that somebody has made beside it.</summary>
    public const string Others = """
        {"apiVersion":"v1","kind":"List","items":[
          {"apiVersion":"networking.istio.io/v1","kind":"VirtualService","metadata":{"name":"rogue","namespace":"gophers","creationTimestamp":"2026-11-29T09:00:00Z",
            "managedFields":[{"manager":"kubectl-create","operation":"Update","time":"2026-11-29T09:00:00Z","fieldsV1":{"f:spec":{}}}]},
            "spec":{"hosts":["gopher-distributor"]}}]}
        """;

    private const string Nothing = """{"steps":[{"op":"refresh","urn":"urn:pulumi:dev::gopher-mesh::pulumi:pulumi:Stack::gopher-mesh-dev","detailedDiff":null}],"changeSummary":{"same":61}}""";

    [Fact]
    public async Task It_says_who_changed_what_since_when_and_what_takes_it_back()
    {
        var run = await RunAsync(Script(Digest), "drift", "--stack", "dev");

        Assert.Equal((ExitCode.NegativeVerdict, ""), (run.ExitCode, run.Error));
        Assert.Equal(
            """
            VirtualService gophers/gopher-distributor was changed by kubectl-edit, since 2026-11-29 08:21:30 UTC
              metadata.labels["a.b/c"]: nothing was deployed, "d" is there
              spec.http[0].timeout: "4s" was deployed, "99s" is there
            NetworkPolicy gophers/default-deny is gone (the cluster's audit log records who deleted it, and when)
            aws:ec2/subnet:Subnet cluster-public-0 was changed by someone else (CloudTrail records who, and when)
              mapPublicIpOnLaunch: false was deployed, true is there
            aws:ec2/eip:Eip cluster-0 is gone (CloudTrail records who deleted it, and when)
            stack dev: 4 resources are not as they were deployed
            what takes it back: pulumi up --refresh --stack dev

            """.ReplaceLineEndings("\n"),
            run.Output);
    }

    [Fact]
    public async Task Pulumi_is_asked_for_a_preview_of_a_refresh_and_for_nothing_else()
    {
        var run = await RunAsync($"printf '%s|' \"$@\" >&2; {Script(Nothing)}", "drift", "--stack", "local");

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Equal("stack local: nothing differs from what was deployed, and nobody has added to it\n", run.Output);
        Assert.Equal("refresh|--preview-only|--json|--non-interactive|--stack|local|", run.Said);
    }

    [Fact]
    public async Task What_others_added_and_put_beside_it_is_told_with_the_lines_that_take_it_back()
    {
        var run = await RunAsync(Script(Digest), Kubectl(Live, Others), ["drift", "--stack", "dev"]);

        Assert.Equal((ExitCode.NegativeVerdict, ""), (run.ExitCode, run.Error));
        Assert.Equal(
            """
            VirtualService gophers/gopher-distributor was changed by kubectl-edit, since 2026-11-29 08:21:30 UTC
              metadata.labels["a.b/c"]: nothing was deployed, "d" is there
              spec.http[0].timeout: "4s" was deployed, "99s" is there
              spec.http[1]: nothing was deployed, {"route":[{"destination":{"host":"elsewhere"}}]} is there
            """.ReplaceLineEndings("\n"),
            string.Join('\n', run.Output.Split('\n')[..4]));
        Assert.EndsWith(
            """
            VirtualService gophers/rogue was made by kubectl-create, since 2026-11-29 09:00:00 UTC: the stack does not have it
            stack dev: 4 resources are not as they were deployed, and 1 object of others acts on it
            what takes it back: kubectl --namespace gophers patch virtualservice.networking.istio.io gopher-distributor --type json --patch '[{"op":"test","path":"/metadata/resourceVersion","value":"41"},{"op":"remove","path":"/spec/http/1"}]'
            what takes it back: kubectl --namespace gophers delete virtualservice.networking.istio.io rogue
            what takes it back: pulumi up --refresh --stack dev

            """.ReplaceLineEndings("\n"),
            run.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_that_does_not_answer_ends_with_3_and_not_without_drift()
    {
        var run = await RunAsync(Script(Digest), "echo 'Unable to connect to the server' >&2; exit 1", ["drift", "--stack", "dev"]);

        Assert.Equal((ExitCode.NotEnoughEvidence, ""), (run.ExitCode, run.Output));
        Assert.Contains("Unable to connect to the server", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("an item of a list that is written whole", "networking.istio.io/v1", """{"spec":{"http":[{"timeout":"4s"}]}}""", """{"spec":{"http":[{"timeout":"4s"},{"name":"more"}]}}""", """{"f:spec":{"f:http":{}}}""", "/spec/http/1")]
    [InlineData("a field in an item of it", "networking.istio.io/v1", """{"spec":{"http":[{"timeout":"4s"}]}}""", """{"spec":{"http":[{"timeout":"4s","fault":{"abort":{"httpStatus":503}}}]}}""", """{"f:spec":{"f:http":{}}}""", "/spec/http/0/fault")]
    [InlineData("a list that is empty in the program", "security.istio.io/v1", """{"spec":{}}""", """{"spec":{"rules":[{}]}}""", """{"f:spec":{"f:rules":{}}}""", "/spec/rules")]
    [InlineData("two items, of which the last goes first", "security.istio.io/v1", """{"spec":{"rules":[{"from":[]}]}}""", """{"spec":{"rules":[{"from":[]},{},{}]}}""", """{"f:spec":{"f:rules":{}}}""", "/spec/rules/2", "/spec/rules/1")]
    [InlineData("a port, by its key", "v1", """{"spec":{"ports":[{"name":"http","port":80}]}}""", """{"spec":{"ports":[{"name":"debug","port":99,"protocol":"TCP"},{"name":"http","port":80,"protocol":"TCP","targetPort":80}]}}""", """{"f:spec":{"f:ports":{"k:{\"port\":99,\"protocol\":\"TCP\"}":{".":{},"f:name":{},"f:port":{}}}}}""", "/spec/ports/0")]
    [InlineData("a variable", "apps/v1", """{"spec":{"containers":[{"name":"app","env":[{"name":"A","value":"1"}]}]}}""", """{"spec":{"containers":[{"name":"app","imagePullPolicy":"Always","env":[{"name":"A","value":"1"},{"name":"B","value":"2"}]}]}}""", """{"f:spec":{"f:containers":{"k:{\"name\":\"app\"}":{"f:env":{"k:{\"name\":\"B\"}":{".":{},"f:name":{},"f:value":{}}}}}}}""", "/spec/containers/0/env/1")]
    [InlineData("a field of an object that nobody declares, and not its defaults", "apps/v1", """{"spec":{}}""", """{"spec":{"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":9,"maxUnavailable":"25%"}}}}""", """{"f:spec":{"f:strategy":{"f:rollingUpdate":{"f:maxSurge":{}}}}}""", "/spec/strategy/rollingUpdate/maxSurge")]
    [InlineData("an annotation", "v1", """{"metadata":{"labels":{"a":"b"}}}""", """{"metadata":{"labels":{"a":"b"},"annotations":{"sidecar.istio.io/inject":"false"}}}""", """{"f:metadata":{"f:annotations":{".":{},"f:sidecar.istio.io/inject":{}}}}""", "/metadata/annotations/sidecar.istio.io~1inject")]
    [InlineData("a value of a set", "v1", """{"metadata":{},"list":["a"]}""", """{"metadata":{},"list":["b","a"]}""", """{"f:list":{"v:\"b\"":{}}}""", "/list/0")]
    public async Task What_others_added_to_an_object(string what, string version, string declared, string live, string fields, params string[] removed)
    {
        var resource = Assert.Single((await AskAsync(version, declared, live, Entry("kubectl-edit", fields))).Resources);

        Assert.Equal((what, "Thing gophers/a was added to by kubectl-edit, since 2026-11-29 08:21:30 UTC"), (what, resource.Sentence));
        Assert.Equal(removed, Patch().Matches(resource.Patch!).Select(match => match.Groups["path"].Value));
        Assert.Equal(removed.Length, resource.Changes.Count);
    }

    [Theory]
    [InlineData("v1", """{"spec":{}}""", """{"spec":{"type":"ClusterIP","clusterIPs":["10.0.0.1"]}}""", "{}")]
    [InlineData("apps/v1", """{"spec":{}}""", """{"spec":{"replicas":5}}""", """{"manager":"kube-controller-manager","operation":"Update","subresource":"scale","fieldsV1":{"f:spec":{"f:replicas":{}}}}""")]
    [InlineData("apps/v1", """{"spec":{}}""", """{"spec":{"replicas":5}}""", """{"manager":"kubectl","operation":"Update","subresource":"scale","fieldsV1":{"f:spec":{"f:replicas":{}}}}""")]
    [InlineData("v1", """{"data":{"a":"1"}}""", """{"data":{"a":"1","b":"2"}}""", """{"manager":"eks","operation":"Apply","fieldsV1":{"f:data":{"f:b":{}}}}""")]
    [InlineData("apps/v1", """{"spec":{}}""", """{"spec":{"template":{"metadata":{"annotations":{"kubectl.kubernetes.io/restartedAt":"now"}}}}}""", """{"manager":"kubectl-rollout","operation":"Update","fieldsV1":{"f:spec":{"f:template":{"f:metadata":{"f:annotations":{".":{},"f:kubectl.kubernetes.io/restartedAt":{}}}}}}}""")]
    [InlineData("networking.istio.io/v1", """{"spec":{}}""", """{"spec":{"http":[]},"status":{"conditions":[{"type":"Reconciled"}]}}""", """{"manager":"other","operation":"Update","fieldsV1":{"f:spec":{"f:http":{}},"f:status":{}}}""")]
    [InlineData("networking.istio.io/v1", """{"spec":{}}""", """{"spec":{"http":[{}]}}""", """{"manager":"pulumi-kubernetes-1","operation":"Apply","fieldsV1":{"f:spec":{"f:http":{}}}}""")]
    [InlineData("networking.istio.io/v1", """{"spec":{}}""", """{"metadata":{"finalizers":["x"],"ownerReferences":[{}]},"spec":{}}""", """{"manager":"other","operation":"Update","fieldsV1":{"f:metadata":{"f:finalizers":{},"f:ownerReferences":{}}}}""")]
    public async Task Not_what_the_cluster_fills_in_or_a_controller_writes(string version, string declared, string live, string entry) =>
        Assert.False((await AskAsync(version, declared, live, Entry("pulumi-kubernetes-9", """{"f:spec":{"f:selector":{}}}"""), entry)).IsAny);

    [Fact]
    public async Task Not_what_the_API_server_fills_in_again_whoever_wrote_it_last()
    {
        const string Live = """{"spec":{"ports":[{"port":80,"protocol":"TCP","nodePort":30080}]}}""";
        var fields = Entry("kubectl-patch", """{"f:spec":{"f:ports":{"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:port":{},"f:protocol":{},"f:nodePort":{}}}}}""");
        IReadOnlyList<string> asked = [];

        var report = await AskAsync("v1", """{"spec":{"ports":[{"port":80}]}}""", Live, arguments =>
        {
            asked = arguments;
            return """{"spec":{"ports":[{"port":80,"protocol":"TCP"}]}}""";
        }, fields);

        Assert.Equal("spec.ports[0].nodePort", Assert.Single(Assert.Single(report.Resources).Changes).Path);
        Assert.Equal(["--namespace", "gophers", "patch", "thing", "a", "--type", "json", "--patch"], asked.Take(8));
        Assert.Equal("""[{"op":"test","path":"/metadata/resourceVersion","value":"7"},{"op":"remove","path":"/spec/ports/0/nodePort"},{"op":"remove","path":"/spec/ports/0/protocol"}]""", asked[8]);
        Assert.Equal(["--dry-run=server", "--output", "json"], asked.Skip(9));
    }

    [Fact]
    public async Task What_nobody_says_to_have_written_is_told_of_Istios_kinds_which_have_no_defaults()
    {
        var istio = await AskAsync("networking.istio.io/v1", """{"spec":{}}""", """{"spec":{"http":[{}]}}""", "{}");
        var other = await AskAsync("v1", """{"spec":{}}""", """{"spec":{"ports":[{}]}}""");

        Assert.Equal("Thing gophers/a was added to by someone else (the object does not say who)", Assert.Single(istio.Resources).Sentence);
        Assert.Equal((false, "Thing gophers/a"), (other.IsAny, Assert.Single(other.Unseen)));
    }

    [Theory]
    [InlineData("VirtualService", "gophers", "", true)]
    [InlineData("EnvoyFilter", "istio-system", "", true)]
    [InlineData("NetworkPolicy", "gophers", "", true)]
    [InlineData("AuthorizationPolicy", "elsewhere", "", false)]
    [InlineData("VirtualService", "elsewhere", """{"hosts":["other.elsewhere.svc.cluster.local"]}""", false)]
    [InlineData("VirtualService", "elsewhere", """{"hosts":["a.gophers.svc.cluster.local"]}""", true)]
    [InlineData("VirtualService", "elsewhere", """{"hosts":["a"]}""", false)]
    [InlineData("ServiceEntry", "elsewhere", """{"hosts":["*.gophers.svc.cluster.local"],"exportTo":["*"]}""", true)]
    [InlineData("VirtualService", "elsewhere", """{"hosts":["a.gophers.svc.cluster.local"],"exportTo":["."]}""", false)]
    [InlineData("VirtualService", "elsewhere", """{"hosts":["a.gophers.svc.cluster.local"],"exportTo":["gophers"]}""", true)]
    public async Task What_others_put_beside_it(string kind, string space, string spec, bool isTold)
    {
        var report = await BesideAsync(kind, space, spec.Length == 0 ? "{}" : spec, "");

        Assert.Equal(isTold ? [$"kubectl --namespace {space} delete {kind.ToLowerInvariant()}.networking.istio.io b"] : [], report.TakesBack("dev"));
        Assert.Equal(isTold, report.IsAny);
    }

    [Theory]
    [InlineData("""
        "ownerReferences":[{"kind":"Canary"}],
        """)]
    [InlineData("""
        "annotations":{"meta.helm.sh/release-name":"istiod","meta.helm.sh/release-namespace":"istio-system"},
        """)]
    public async Task Not_what_a_controller_or_a_chart_of_the_stack_has_made(string metadata) =>
        Assert.False((await BesideAsync("EnvoyFilter", "istio-system", "{}", metadata)).IsAny);

    [Fact]
    public async Task A_chart_of_others_is_others() => Assert.True((await BesideAsync("EnvoyFilter", "istio-system", "{}", """
        "annotations":{"meta.helm.sh/release-name":"theirs","meta.helm.sh/release-namespace":"istio-system"},
        """)).IsAny);

    [Theory]
    [InlineData("echo 'error: the stack is currently locked by 1 lock(s).' >&2; exit 255", "the stack is locked by another update")]
    [InlineData("echo 'error: could not reach the cluster' >&2; exit 255", "could not reach the cluster")]
    [InlineData("echo 'warning: no JSON'", "cannot be read")]
    public async Task A_refresh_that_cannot_tell_ends_with_3_and_not_as_drift(string script, string what)
    {
        var run = await RunAsync(script, "drift", "--stack", "dev");

        Assert.Equal((ExitCode.NotEnoughEvidence, ""), (run.ExitCode, run.Output));
        Assert.Contains(what, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pulumi_that_names_no_steps_is_still_believed_in_its_count()
    {
        var report = DriftReport.Of("""{"steps":[{"op":"refresh","urn":"urn:pulumi:dev::p::t::n"}],"changeSummary":{"same":3,"update":2}}""");

        Assert.True(report.IsAny);
        Assert.Equal((0, 2), (report.Resources.Count, report.Unnamed));
    }

    [Fact]
    public void A_deployment_is_shared_with_others_and_may_need_force()
    {
        var report = DriftReport.Of("""
            {"steps":[{"op":"update","urn":"urn:pulumi:dev::p::kubernetes:apps/v1:Deployment::a","oldState":{"type":"kubernetes:apps/v1:Deployment"},"newState":{},"detailedDiff":{"spec.replicas":{"kind":"update"}}}],"changeSummary":{"update":1}}
            """);

        Assert.True(Assert.Single(report.Resources).NeedsForce);
    }

    private static string Script(string digest) => $"cat <<'END'\n{digest}\nEND";

    private static string Entry(string manager, string fields) => $$"""{"manager":"{{manager}}","operation":"Update","time":"2026-11-29T08:21:30Z","fieldsV1":{{fields}}}""";

    // What is asked of one object, whose state a refresh takes for unchanged.
    private static Task<DriftReport> AskAsync(string version, string declared, string live, params string[] entries) => AskAsync(version, declared, live, _ => "", entries);

    private static Task<DriftReport> AskAsync(string version, string declared, string live, Func<IReadOnlyList<string>, string> patched, params string[] entries)
    {
        var (state, found) = (Object(version, declared), Object(version, live));
        var metadata = found["metadata"]!.AsObject();
        metadata["resourceVersion"] = "7";
        metadata["managedFields"] = JsonNode.Parse($"[{string.Join(',', entries.Where(entry => entry != "{}"))}]");
        return DriftReport.AskAsync(
            $$$"""{"steps":[{"op":"refresh","urn":"urn:pulumi:dev::p::kubernetes:x/v1:Thing::a","oldState":{"type":"kubernetes:x/v1:Thing","inputs":{{{state.ToJsonString()}}}}}]}""",
            (arguments, input) => Task.FromResult(arguments[1] == "--filename" ? found.ToJsonString() : arguments.Contains("patch") ? patched(arguments) : ""));
    }

    private static JsonObject Object(string version, string members)
    {
        var body = JsonNode.Parse(members)!.AsObject();
        var metadata = body["metadata"] as JsonObject ?? [];
        (metadata["name"], metadata["namespace"]) = ("a", "gophers");
        (body["apiVersion"], body["kind"], body["metadata"]) = (version, "Thing", metadata.DeepClone());
        return body;
    }

    private static Task<DriftReport> BesideAsync(string kind, string space, string spec, string metadata)
    {
        string[] resources =
        [
            """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"gophers"}}""", """{"apiVersion":"v1","kind":"Service","metadata":{"name":"a","namespace":"gophers"}}""",
            """{"apiVersion":"networking.istio.io/v1","kind":"Telemetry","metadata":{"name":"a","namespace":"istio-system"}}""", """{"name":"istiod","namespace":"istio-system","chart":"istiod"}""",
        ];
        var steps = resources.Select(inputs => $$$"""{"op":"refresh","urn":"urn","oldState":{"inputs":{{{inputs}}}}}""");
        var own = """{"apiVersion":"networking.istio.io/v1beta1","kind":"Telemetry","metadata":{"name":"a","namespace":"istio-system"}}""";
        var other = $$$"""{"apiVersion":"networking.istio.io/v1","kind":"{{{kind}}}","metadata":{ {{{metadata}}}"name":"b","namespace":"{{{space}}}"},"spec":{{{spec}}}}""";
        return DriftReport.AskAsync(
            $$"""{"steps":[{{string.Join(',', steps)}}]}""",
            (arguments, _) => Task.FromResult(arguments[1] == "--filename" ? "" : $$"""{"kind":"List","items":[{{own}},{{other}}]}"""));
    }

    /// <summary>What stands for kubectl: an object of the stack and a list, and nothing else is known to it.</summary>
    internal static string Kubectl(string live, string others) => $$"""
        case "$*" in
          "get --filename - --ignore-not-found --output json --show-managed-fields") grep -q '"kind":"VirtualService","metadata":{"name":"gopher-distributor","namespace":"gophers"}' && cat <<'END'
        {{live}}
        END
            ;;
          "get istio-io,networkpolicies.networking.k8s.io --all-namespaces --output json --show-managed-fields") cat <<'END'
        {{others}}
        END
            ;;
          *) echo "error: unknown command: $*" >&2; exit 1 ;;
        esac
        """;

    /// <summary>gopherctl as a process, on a cluster to which nobody has added anything.</summary>
    internal static Task<(int ExitCode, string Output, string Error, string Said)> RunAsync(string script, params string[] arguments) =>
        RunAsync(script, Kubectl("", """{"apiVersion":"v1","kind":"List","items":[]}"""), arguments);

    /// <summary>gopherctl as a process, with commands on PATH that stand for pulumi, whose refresh does what a script does, and kubectl.</summary>
    internal static async Task<(int ExitCode, string Output, string Error, string Said)> RunAsync(string script, string kubectl, string[] arguments)
    {
        using var folder = new TempFolder();
        var said = Path.Combine(folder.Path, "said");
        await CommandAsync("pulumi", $"exec 3>&2 2> >(tee '{said}' >&3)\nif [[ \"$1 $2\" == 'stack output' ]]; then echo '{{\"kubeconfig\":\"{{}}\"}}'; exit; fi\n{script}");
        await CommandAsync("kubectl", kubectl);
        var start = new System.Diagnostics.ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "gopherctl.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["GOPHER_MESH_ROOT"] = RepositoryRoot.Find(), ["PATH"] = $"{folder.Path}:{Environment.GetEnvironmentVariable("PATH")}" },
        };
        using var process = System.Diagnostics.Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error, File.Exists(said) ? await File.ReadAllTextAsync(said) : "");

        async Task CommandAsync(string name, string text)
        {
            var path = Path.Combine(folder.Path, name);
            await File.WriteAllTextAsync(path, $"#!/usr/bin/env bash\n{text}\n");
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
    }

    [GeneratedRegex("\"op\":\"remove\",\"path\":\"(?<path>[^\"]+)\"")]
    private static partial Regex Patch();
}
