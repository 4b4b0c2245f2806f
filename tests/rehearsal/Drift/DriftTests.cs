using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Drift;
using GopherMesh.Gopherctl.Program.Stacks;

namespace GopherMesh.Tests.Rehearsal.Drift;

/// <summary>
/// What others changed, in words. The digest is in the form of pulumi's own (pkg/display/json.go): a step of a refresh that differs is told as an update or a
/// deletion, one that does not stays a refresh.
/// </summary>
public sealed class DriftTests
{
    /// <summary>A route that kubectl edited, a network policy that is gone, a subnet that somebody changed in AWS, an address that is gone there, and a service as it was.</summary>
    public const string Digest = """
        {
            "config": { "gopher-mesh:canaryWeight": "10" },
            "steps": [
                {
                    "op": "refresh",
                    "urn": "urn:pulumi:dev::gopher-mesh::gopher-mesh:gophers:MeshService$kubernetes:core/v1:Service::gopher-distributor",
                    "oldState": { "type": "kubernetes:core/v1:Service", "inputs": { "kind": "Service", "metadata": { "name": "gopher-distributor", "namespace": "gophers" } } },
                    "newState": { "type": "kubernetes:core/v1:Service", "inputs": { "kind": "Service", "metadata": { "name": "gopher-distributor", "namespace": "gophers" } } },
                    "detailedDiff": null
                },
                {
                    "op": "update",
                    "urn": "urn:pulumi:dev::gopher-mesh::gopher-mesh:gophers:MeshService$kubernetes:networking.istio.io/v1:VirtualService::gopher-distributor",
                    "oldState": {
                        "type": "kubernetes:networking.istio.io/v1:VirtualService",
                        "inputs": { "kind": "VirtualService", "metadata": { "name": "gopher-distributor", "namespace": "gophers" }, "spec": { "http": [ { "timeout": "4s" } ] } }
                    },
                    "newState": {
                        "type": "kubernetes:networking.istio.io/v1:VirtualService",
                        "inputs": { "kind": "VirtualService", "metadata": { "name": "gopher-distributor", "namespace": "gophers", "labels": { "a.b/c": "d" } }, "spec": { "http": [ { "timeout": "99s" } ] } },
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
                    "oldState": { "type": "kubernetes:networking.k8s.io/v1:NetworkPolicy", "inputs": { "kind": "NetworkPolicy", "metadata": { "name": "default-deny", "namespace": "gophers" } } },
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
        Assert.Equal("stack local: nothing that it declares differs from what was deployed; what others added is not seen\n", run.Output);
        Assert.Equal("refresh|--preview-only|--json|--non-interactive|--stack|local|", run.Said);
    }

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

    /// <summary>gopherctl as a process, with a command on PATH that stands for pulumi, and does and says what a script does.</summary>
    internal static async Task<(int ExitCode, string Output, string Error, string Said)> RunAsync(string script, params string[] arguments)
    {
        using var folder = new TempFolder();
        var said = Path.Combine(folder.Path, "said");
        var pulumi = Path.Combine(folder.Path, "pulumi");
        await File.WriteAllTextAsync(pulumi, $"#!/usr/bin/env bash\nexec 3>&2 2> >(tee '{said}' >&3)\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(pulumi, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

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
    }
}
