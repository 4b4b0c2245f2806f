using System.Diagnostics;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Stacks;

namespace GopherMesh.Tests.Rehearsal.Recover;

/// <summary>
/// `gopherctl recover` with commands on its PATH that stand for pulumi, aws and kubectl. As the real one, this pulumi refuses to write the state
/// while the stack is locked, a state with the same resource twice, and a refresh of a resource that the state does not have; and it forgets at an
/// import what was under way (pulumi, <c>pkg/cmd/pulumi/stack/stack_import.go</c>: "removing pending operation").
/// </summary>
public sealed class RecoverCommandTests : IDisposable
{
    private const string Pulumi = """
        #!/usr/bin/env bash
        set -euo pipefail
        cd "$FAKE"
        refuse() { echo "error: $1" >&2; exit 255; }
        unlocked() { [[ ! -f lock ]] || refuse "the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`."; }
        echo "pulumi $*" >>called
        case "$*" in
          "cancel --yes --stack dev") [[ -f lock ]] || refuse "no update is running"; rm lock ;;
          "stack export --stack dev") cat state.json ;;
          "stack export --show-secrets --stack dev") sed 's/"ciphertext":"AAA"/"plaintext":"\\"the kubeconfig\\""/' state.json ;;
          "stack import --file "*" --stack dev")
            unlocked
            [[ -z $(grep -o '"urn": *"[^"]*"' "$4" | sort | uniq -d) ]] || refuse "duplicate resource"
            sed 's/,"pending_operations":.*}}$/}}/' "$4" >state.json ;;
          "refresh --yes --skip-preview --non-interactive --color never --target "*)
            unlocked
            while [[ $# -gt 0 ]]; do [[ $1 != --target ]] || grep -qF "\"$2\"" state.json || refuse "no resource named '$2' found"; shift; done
            [[ ! -f unreachable ]] || refuse "the provider does not answer" ;;
          *) refuse "unknown command: $*" ;;
        esac
        """;

    // The script `answers` of a test decides.
    private const string Aws = """
        #!/usr/bin/env bash
        cd "$FAKE"
        echo "aws $*" >>called
        [[ "$*" == *" --region ap-southeast-2 --output text" ]] || { echo "no region" >&2; exit 252; }
        source answers "$@"
        """;

    private const string Kubectl = """
        #!/usr/bin/env bash
        cd "$FAKE"
        echo "kubectl $*" >>called
        [[ $(<"$KUBECONFIG") == "the kubeconfig" ]] || { echo "the connection to the server was refused" >&2; exit 1; }
        echo "secret/sh.helm.release.v1.istiod.v1"
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_cluster_that_was_being_created_is_waited_for_and_added_with_its_inputs()
    {
        Interrupted(("creating", "aws:eks/cluster:Cluster", """{"name": "gopher-mesh-dev"}"""));
        Write("lock", "");

        var run = await RunAsync("[[ $2 == list-clusters ]] && echo gopher-mesh-dev other", "--cancel");

        Assert.Equal((ExitCode.Success, ""), (run.ExitCode, run.Error));
        Assert.Contains("1 creations were under way: 1 are in the state now", run.Output, StringComparison.Ordinal);
        Assert.Contains("aws eks wait cluster-active --name gopher-mesh-dev", Read("called"), StringComparison.Ordinal);
        var added = Resources()[^1]!;
        Assert.Equal(("gopher-mesh-dev", "gopher-mesh-dev"), ($"{added["id"]}", $"{added["inputs"]!["name"]}"));
        Assert.Null(added["outputs"]);
        Assert.Null(Deployment()["pending_operations"]);
    }

    [Fact]
    public async Task What_was_not_created_begins_anew()
    {
        Interrupted(("creating", "aws:eks/cluster:Cluster", """{"name": "gopher-mesh-dev"}"""), ("creating", "aws:ec2/vpc:Vpc", "{}"), ("creating", "kubernetes:core/v1:Service", "{}"));

        var run = await RunAsync("true");

        Assert.Equal((ExitCode.Success, ""), (run.ExitCode, run.Error));
        Assert.Contains("3 creations were under way: 0 are in the state now, 0 are left to you, the others begin anew", run.Output, StringComparison.Ordinal);
        Assert.Contains("now: PULUMI_K8S_ENABLE_PATCH_FORCE=true pulumi up --stack dev", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("pulumi refresh", Read("called"), StringComparison.Ordinal);
        Assert.Equal(2, Resources().Count);
        Assert.Null(Deployment()["pending_operations"]);
    }

    [Fact]
    public async Task Of_two_with_the_same_tags_the_one_that_the_state_lacks_is_added()
    {
        Interrupted(("creating", "aws:ec2/eip:Eip", """{"tags": {"Name": "gopher-mesh-dev/cluster-private-0"}}"""));

        var run = await RunAsync("echo eipalloc-before eipalloc-new");

        Assert.Equal((ExitCode.Success, ""), (run.ExitCode, run.Error));
        Assert.Equal("eipalloc-new", $"{Resources()[^1]!["id"]}");
    }

    [Fact]
    public async Task What_it_cannot_find_is_left_to_the_user_by_name()
    {
        Interrupted(("creating", "aws:sqs/queue:Queue", "{}"));

        var run = await RunAsync("true");

        Assert.Equal((ExitCode.NegativeVerdict, ""), (run.ExitCode, run.Error));
        Assert.Contains("aws:sqs/queue:Queue name0: this command does not know the kind", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Helms_records_of_an_interrupted_installation_and_upgrade_are_removed_with_the_stacks_own_kubeconfig()
    {
        Interrupted(
            ("creating", "kubernetes:helm.sh/v3:Release", """{"name": "istiod", "namespace": "istio-system"}"""),
            ("updating", "kubernetes:helm.sh/v3:Release", """{"name": "istio-base", "namespace": "istio-system"}"""),
            ("deleting", "kubernetes:helm.sh/v3:Release", """{"name": "gateway", "namespace": "istio-system"}"""));

        var run = await RunAsync("true");

        Assert.Equal((ExitCode.Success, ""), (run.ExitCode, run.Error));
        Assert.Contains("istio-system/istiod is removed", run.Output, StringComparison.Ordinal);
        Assert.Equal(
            [
                "kubectl --namespace istio-system delete secrets --selector owner=helm,name=istiod --output name",
                "kubectl --namespace istio-system delete secrets --selector owner=helm,name=istio-base,status in (pending-install,pending-upgrade,pending-rollback) --output name",
            ],
            Read("called").Split('\n').Where(line => line.StartsWith("kubectl", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_stack_that_is_locked_is_told_as_such_and_its_state_stays()
    {
        Interrupted(("creating", "aws:ec2/vpc:Vpc", "{}"));
        Write("lock", "");
        var before = Read("state.json");

        var run = await RunAsync("echo vpc-1");

        Assert.Equal(ExitCode.Busy, run.ExitCode);
        Assert.Contains("the stack is locked by another update", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, Read("state.json"));
    }

    [Fact]
    public async Task After_a_refresh_that_failed_the_state_has_what_it_had_and_the_named_file_goes_on()
    {
        Interrupted(("creating", "aws:ec2/vpc:Vpc", "{}"));
        Write("unreachable", "");

        var run = await RunAsync("echo vpc-1");

        Assert.Equal(ExitCode.NegativeVerdict, run.ExitCode);
        Assert.Contains("the provider does not answer", run.Error, StringComparison.Ordinal);
        Assert.Equal(2, Resources().Count);

        File.Delete(Path.Combine(_folder.Path, "unreachable"));
        var kept = run.Error.Split("--state ")[1].Trim();
        run = await RunAsync("echo vpc-1", "--state", kept);
        File.Delete(kept);
        Assert.Equal((ExitCode.Success, ""), (run.ExitCode, run.Error));
        Assert.Equal("vpc-1", $"{Resources()[^1]!["id"]}");
    }

    [Theory]
    [InlineData("not JSON", "this is not the export of a stack's state")]
    [InlineData("[]", "this is not the export of a stack's state")]
    [InlineData("""{"deployment":5}""", "this is not the export of a stack's state")]
    [InlineData("""{"deployment":{"resources":{}}}""", "this is not the export of a stack's state")]
    [InlineData("""{"deployment":{"pending_operations":[{"type":"creating"}]}}""", "this is not the export of a stack's state")]
    [InlineData(
        """{"deployment":{"pending_operations":[{"type":"creating","resource":{"urn":"urn:pulumi:prod::gopher-mesh::aws:ec2/vpc:Vpc::a","type":"aws:ec2/vpc:Vpc"}}]}}""",
        "this is the state of another stack: it has urn:pulumi:prod::gopher-mesh::aws:ec2/vpc:Vpc::a")]
    public async Task A_file_that_is_not_an_export_of_the_stack_is_refused_before_anything_is_asked_or_unlocked(string file, string what)
    {
        Interrupted(("creating", "aws:ec2/vpc:Vpc", "{}"));
        Write("lock", "");
        Write("earlier.json", file);

        var run = await RunAsync("echo vpc-1", "--cancel", "--state", Path.Combine(_folder.Path, "earlier.json"));

        Assert.Equal((ExitCode.BadInput, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"gopherctl: {what}\n  where: {Path.Combine(_folder.Path, "earlier.json")}\n  to do: Use ", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder.Path, "called")));
    }

    [Fact]
    public async Task A_stack_that_was_not_interrupted_stays_as_it_is()
    {
        Interrupted();
        Write("lock", "");

        var run = await RunAsync("true");

        Assert.Equal((ExitCode.Success, "stack dev: no operation was under way; there is nothing to recover\n"), (run.ExitCode, run.Output));
    }

    /// <summary>A state with a provider, an address, and operations that were under way.</summary>
    private void Interrupted(params (string Operation, string Type, string Inputs)[] operations)
    {
        var state = new JsonObject
        {
            ["version"] = 3,
            ["deployment"] = new JsonObject
            {
                ["resources"] = new JsonArray(
                    new JsonObject
                    {
                        ["urn"] = "urn:pulumi:dev::gopher-mesh::pulumi:providers:kubernetes::cluster",
                        ["type"] = "pulumi:providers:kubernetes",
                        ["id"] = "11-22",
                        ["inputs"] = new JsonObject { ["kubeconfig"] = new JsonObject { ["4dabf18193072939515e22adb298388d"] = "1b47061264138c4ac30d75fd1eb44270", ["ciphertext"] = "AAA" } },
                    },
                    new JsonObject { ["urn"] = "urn:pulumi:dev::gopher-mesh::aws:ec2/eip:Eip::before", ["type"] = "aws:ec2/eip:Eip", ["id"] = "eipalloc-before" }),
            },
        };
        if (operations.Length > 0)
        {
            state["deployment"]!["pending_operations"] = new JsonArray(
            [
                .. operations.Select((item, index) => new JsonObject
                {
                    ["type"] = item.Operation,
                    ["resource"] = new JsonObject
                    {
                        ["urn"] = $"urn:pulumi:dev::gopher-mesh::{item.Type}::name{index}",
                        ["type"] = item.Type,
                        ["inputs"] = JsonNode.Parse(item.Inputs),
                        ["outputs"] = new JsonObject(),
                        ["provider"] = "urn:pulumi:dev::gopher-mesh::pulumi:providers:kubernetes::cluster::11-22",
                    },
                }),
            ]);
        }

        Write("state.json", state.ToJsonString());
    }

    private JsonNode Deployment() => JsonNode.Parse(Read("state.json"))!["deployment"]!;

    private JsonArray Resources() => Deployment()["resources"]!.AsArray();

    private string Read(string file) => File.ReadAllText(Path.Combine(_folder.Path, file));

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_folder.Path, file), text);

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(string answers, params string[] options)
    {
        foreach (var (name, script) in new[] { ("pulumi", Pulumi), ("aws", Aws), ("kubectl", Kubectl) })
        {
            Write(name, script.ReplaceLineEndings("\n"));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(Path.Combine(_folder.Path, name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }

        Write("answers", $"{answers}\ntrue\n");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "gopherctl.dll"), "recover", "--stack", "dev", .. options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["GOPHER_MESH_ROOT"] = RepositoryRoot.Find(), ["PATH"] = $"{_folder.Path}:{Environment.GetEnvironmentVariable("PATH")}", ["FAKE"] = _folder.Path },
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
