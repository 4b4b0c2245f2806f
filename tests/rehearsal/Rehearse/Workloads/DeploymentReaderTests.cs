using GopherMesh.DataPlane.Manifests;
using GopherMesh.Gopherctl.Rehearse.Workloads;
using GopherMesh.Tests.Rehearsal.DataPlane;

namespace GopherMesh.Tests.Rehearsal.Rehearse.Workloads;

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
