using GopherMesh.DataPlane.Manifests;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Rehearse.Pods;
using GopherMesh.Gopherctl.Rehearse.Workloads;
using GopherMesh.Tests.Rehearsal.DataPlane;

namespace GopherMesh.Tests.Rehearsal.Rehearse;

public sealed class PodEnvironmentTests
{
    [Theory]
    [InlineData("value: 'http://+:8080'", "http://127.0.0.1:20001")]
    [InlineData("value: 'http://*:8080;http://0.0.0.0:8080'", "http://127.0.0.1:20001;http://127.0.0.1:20001")]
    [InlineData("value: 'http://[::]:8080/'", "http://127.0.0.1:20001/")]
    [InlineData("value: '8080'", "20001")]
    [InlineData("value: 'http://other:8080'", "http://other:8080")]
    [InlineData("value: 'http://+:9090'", "http://+:9090")]
    [InlineData("value: '18080'", "18080")]
    [InlineData("valueFrom: {fieldRef: {fieldPath: metadata.name}}", "pod-1")]
    [InlineData("valueFrom: {fieldRef: {fieldPath: metadata.namespace}}", "gophers")]
    [InlineData("valueFrom: {fieldRef: {fieldPath: \"metadata.labels['version']\"}}", "v1")]
    [InlineData("valueFrom: {fieldRef: {fieldPath: \"metadata.annotations['note']\"}}", "hello")]
    [InlineData("valueFrom: {fieldRef: {fieldPath: spec.serviceAccountName}}", "account")]
    [InlineData("valueFrom: {fieldRef: {fieldPath: status.podIP}}", "127.0.0.1")]
    public void A_variable_is_resolved_as_the_kubelet_does_but_for_the_substitutions(string variable, string value) =>
        Assert.Equal(value, Of($"env: [{{name: A, {variable}}}],")["A"]);

    [Theory]
    [InlineData("$(FIRST)/x", "one/x")]
    [InlineData("$(LATER)", "$(LATER)")]
    [InlineData("$$(FIRST)", "$(FIRST)")]
    [InlineData("$5", "$5")]
    public void References_to_earlier_variables_are_expanded(string value, string expected) =>
        Assert.Equal(expected, Of($"env: [{{name: FIRST, value: one}}, {{name: A, value: '{value}'}}, {{name: LATER, value: x}}],")["A"]);

    [Fact]
    public void A_pod_reaches_other_services_through_its_sidecar_and_this_machine_without()
    {
        var variables = Of("");

        Assert.Equal(("http://127.0.0.1:5", "127.0.0.1,localhost,::1"), (variables["http_proxy"], variables["no_proxy"]));
    }

    [Fact]
    public void A_collector_that_does_not_run_here_is_left_out() =>
        Assert.DoesNotContain("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", Of("env: [{name: OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, value: 'http://jaeger:4317'}],"));

    [Fact]
    public void Nothing_of_gopherctls_own_environment_is_passed_on_but_what_is_listed() =>
        Assert.Empty(Of("").Keys.Except(["http_proxy", "no_proxy", "PATH", "HOME", "TMPDIR", "DOTNET_ROOT"]));

    [Fact]
    public void An_image_of_another_name_is_refused_with_what_to_do()
    {
        var deployment = DeploymentReaderTests.Read("");
        var other = deployment with { Template = deployment.Template with { Container = deployment.Template.Container with { Image = "docker.io/library/nginx:1" } } };

        Assert.Contains("docker.io/library/nginx:1", Assert.Throws<UserException>(() => ServiceBinaries.CommandOf(other)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gopher-distributor")]
    [InlineData("localhost:5000/team/gopher-distributor:v1@sha256:0123")]
    public void An_image_runs_the_service_that_it_is_named_after(string image)
    {
        var deployment = DeploymentReaderTests.Read("");
        var named = deployment with { Template = deployment.Template with { Container = deployment.Template.Container with { Image = image } } };

        Assert.EndsWith("GopherDistributor.dll", ServiceBinaries.CommandOf(named)[^1], StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Of(string container) =>
        PodEnvironment.Of("pod-1", DeploymentReaderTests.Read("", container), new Dictionary<int, int> { [8080] = 20001 }, new Uri("http://127.0.0.1:5"));
}

public sealed class ServiceProcessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_exit_code_and_the_last_lines_are_passed_on()
    {
        await using var process = Start("echo one; echo two >&2; exit 7");

        Assert.Equal(7, await process.Exit.WaitAsync(Patience));
        Assert.Equal(["one", "two"], process.LastLines.Order());
    }

    [Fact]
    public async Task A_service_has_exactly_the_environment_that_it_is_given()
    {
        await using var process = Start("env");

        await process.Exit.WaitAsync(Patience);

        Assert.Equal(["A=b", $"PATH={Environment.GetEnvironmentVariable("PATH")}"], process.LastLines.Where(line => !line.StartsWith("PWD=", StringComparison.Ordinal) && !line.StartsWith("SHLVL=", StringComparison.Ordinal) && !line.StartsWith("_=", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public async Task A_service_is_asked_to_end_by_SIGTERM()
    {
        await using var process = Start("trap 'echo asked; exit 3' TERM; echo ready; while :; do sleep 0.05; done");
        await LineAsync(process, "ready");

        process.Terminate();

        Assert.Equal(3, await process.Exit.WaitAsync(Patience));
        Assert.Contains("asked", process.LastLines);
    }

    [Fact]
    public async Task A_service_that_does_not_listen_ends_with_the_pipe()
    {
        await using var process = Start("trap '' TERM INT HUP; echo $$; while :; do sleep 0.05; done");
        var service = int.Parse((await LineAsync(process, ""))!, System.Globalization.CultureInfo.InvariantCulture);

        process.Kill();

        Assert.Equal(137, await process.Exit.WaitAsync(Patience));
        Assert.False(ProcessTable.IsRunning(service));
    }

    [Fact]
    public async Task A_service_ends_when_its_supervisor_is_killed()
    {
        await using var process = Start("echo $PPID $$; while :; do sleep 0.05; done");
        var ids = (await LineAsync(process, ""))!.Split(' ').Select(id => int.Parse(id, System.Globalization.CultureInfo.InvariantCulture)).ToArray();

        ProcessTable.Signal(ids[0], "KILL");

        Assert.Equal(137, await process.Exit.WaitAsync(Patience));
        await ProcessTable.GoneAsync([ids[1]], Patience);
    }

    private static ServiceProcess Start(string script) => ServiceProcess.Start(
        ["/bin/sh", "-c", script], new Dictionary<string, string> { ["A"] = "b", ["PATH"] = Environment.GetEnvironmentVariable("PATH")! });

    // A service tells by a line that it has got somewhere.
    private static async Task<string?> LineAsync(ServiceProcess process, string start)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            if (process.LastLines.FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal)) is { } line)
            {
                return line;
            }

            await Task.Delay(20, patience.Token);
        }
    }
}

public sealed class DeploymentReaderTests
{
    [Fact]
    public void What_is_left_out_has_kubernetes_defaults()
    {
        var deployment = Read("");

        Assert.Equal((1, 1, 0, TimeSpan.FromSeconds(600)), (deployment.Replicas, deployment.MaxSurge, deployment.MaxUnavailable, deployment.ProgressDeadline));
        Assert.Equal((TimeSpan.FromSeconds(30), TimeSpan.Zero), (deployment.Template.GracePeriod, deployment.Template.Container.PreStop));
        var probe = deployment.Template.Container.Readiness!;
        Assert.Equal(("/readyz", 8080, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1), 1, 3), (probe.Path, probe.Port, probe.Period, probe.Timeout, probe.SuccessThreshold, probe.FailureThreshold));
    }

    [Theory]
    [InlineData("25%", "25%", 4, 1, 1)]
    [InlineData("25%", "25%", 3, 1, 0)]
    [InlineData("50%", "0", 3, 2, 0)]
    [InlineData("0", "0", 3, 0, 1)]
    [InlineData("1", "2", 3, 1, 2)]
    public void An_updates_room_is_rounded_as_kubernetes_does(string surge, string unavailable, int replicas, int expectedSurge, int expectedUnavailable)
    {
        var deployment = Read($"replicas: {replicas}, strategy: {{type: RollingUpdate, rollingUpdate: {{maxSurge: {surge}, maxUnavailable: {unavailable}}}}},");

        Assert.Equal((expectedSurge, expectedUnavailable), (deployment.MaxSurge, deployment.MaxUnavailable));
    }

    [Theory]
    [InlineData("paused: true,", "", "spec.paused")]
    [InlineData("strategy: {type: Recreate},", "", "spec.strategy.type")]
    [InlineData("replicas: -1,", "", "spec.replicas")]
    [InlineData("", "envFrom: [{configMapRef: {name: x}}],", "spec.template.spec.containers[0].envFrom")]
    [InlineData("", "command: [sh],", "spec.template.spec.containers[0].command")]
    [InlineData("", "env: [{name: A, valueFrom: {secretKeyRef: {name: x, key: y}}}],", "spec.template.spec.containers[0].env[0].valueFrom.secretKeyRef")]
    [InlineData("", "env: [{name: A, valueFrom: {fieldRef: {fieldPath: status.phase}}}],", "spec.template.spec.containers[0].env[0].valueFrom.fieldRef.fieldPath")]
    [InlineData("", "livenessProbe: {exec: {command: [x]}},", "spec.template.spec.containers[0].livenessProbe.exec")]
    [InlineData("", "startupProbe: {httpGet: {path: /, port: other}},", "spec.template.spec.containers[0].startupProbe.httpGet.port")]
    [InlineData("", "lifecycle: {preStop: {exec: {command: [sleep]}}},", "spec.template.spec.containers[0].lifecycle.preStop.exec")]
    [InlineData("", "volumeMounts: [{name: x, mountPath: /x}],", "spec.template.spec.containers[0].volumeMounts")]
    public void A_field_that_is_not_modelled_is_refused_by_name(string spec, string container, string path) =>
        Assert.Contains(Assert.Throws<UnmodelledFieldException>(() => Read(spec, container)).Problems, problem => problem.Path == path);

    [Theory]
    [InlineData("resources: {limits: {cpu: 1}},", "spec.template.spec.containers[0].resources")]
    [InlineData("securityContext: {readOnlyRootFilesystem: true},", "spec.template.spec.containers[0].securityContext")]
    public void A_field_without_effect_here_is_listed(string container, string path)
    {
        DeploymentReader.Read(YamlManifests.Read(Yaml("", container)), out var notRehearsed);

        Assert.Contains(notRehearsed, field => field.Path == path);
    }

    [Fact]
    public void Another_template_has_another_hash()
    {
        Assert.Equal(Read("").Template.Hash, Read("replicas: 5,").Template.Hash);
        Assert.NotEqual(Read("").Template.Hash, Read("", "env: [{name: A, value: b}],").Template.Hash);
    }

    internal static DeploymentSpec Read(string spec, string container = "") => DeploymentReader.Read(YamlManifests.Read(Yaml(spec, container)), out _).Single();

    private static string Yaml(string spec, string container) => $$$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: gopher, namespace: gophers}
        spec: {
          {{{spec}}}
          selector: {matchLabels: {app: gopher}},
          template: {
            metadata: {labels: {app: gopher, version: v1}, annotations: {note: hello}},
            spec: {
              serviceAccountName: account,
              containers: [{
                {{{container}}}
                name: gopher, image: registry/gopher-distributor:dev, ports: [{name: http, containerPort: 8080}],
                readinessProbe: {httpGet: {path: /readyz, port: http} }
              }]
            }
          }
        }
        """;
}
