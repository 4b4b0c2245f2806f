using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Rehearse.Pods;
using GopherMesh.Tests.Rehearsal.Rehearse.Workloads;

namespace GopherMesh.Tests.Rehearsal.Rehearse.Pods;

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
