using System.Globalization;
using GopherMesh.Infra;
using GopherMesh.Infra.Settings;
using Pulumi;

namespace GopherMesh.Tests.Unit.Program;

/// <summary>The stack's outputs, and its errors when it cannot begin.</summary>
public class OutputTests
{
    [Fact]
    public async Task A_load_balancer_gives_the_line_to_paste()
    {
        var stack = await StackUnderTest.DeclareAsync(StackFiles.Local());
        Assert.Equal("http://gophers.elb.example.com/", stack.Outputs["url"].Value);
        Assert.Equal("curl http://gophers.elb.example.com/", stack.Outputs["curl"].Value);
        Assert.False(stack.Outputs.ContainsKey("portForward"));
    }

    [Fact]
    public async Task A_gateway_that_answers_to_certain_hosts_is_asked_by_one_of_them()
    {
        var stack = await StackUnderTest.DeclareAsync(StackFiles.Local(("gatewayHosts", """["*.example.com"]""")));
        Assert.Equal("curl --header 'Host: gophers.example.com' http://gophers.elb.example.com/", stack.Outputs["curl"].Value);
    }

    [Fact]
    public async Task Without_a_load_balancer_a_tunnel_reaches_the_gateway()
    {
        var stack = await StackUnderTest.DeclareAsync(StackFiles.Local(("gatewayServiceType", "ClusterIP")));
        Assert.Equal("http://localhost:8080/", stack.Outputs["url"].Value);
        Assert.Equal(
            "kubectl --context kind-gopher-mesh --namespace istio-system port-forward service/istio-ingressgateway 8080:80",
            stack.Outputs["portForward"].Value);
        Assert.DoesNotContain("istio-ingressgateway", stack.Of("kubernetes:core/v1:Service").Select(service => service.Name));
    }

    [Theory]
    [InlineData("", "0", "v1 answers 100 % of requests")]
    [InlineData("v2", "0", "v1 answers 100 % of requests; v2 gets a copy of 100 %")]
    [InlineData("v2", "50", "v1 answers 50 % of requests, v2 answers 50 % of requests")]
    [InlineData("v2", "100", "v2 answers 100 % of requests")]
    public async Task Names_the_versions_that_answer(string canary, string weight, string words)
    {
        var stack = await StackUnderTest.DeclareAsync(StackFiles.Local(("canaryVersion", canary), ("canaryWeight", weight)));
        Assert.Equal(words, stack.Outputs["trafficSplit"].Value);
    }

    [Fact]
    public async Task Wrong_settings_end_the_program_with_their_message_alone()
    {
        var config = StackFiles.Local(("canaryWeight", "101"), ("namespace", "default"));
        var shown = await Assert.ThrowsAsync<RunException>(() => StackUnderTest.DeclareAsync(config));
        Assert.Equal(Assert.Throws<SettingsException>(() => StackSettings.Read(config)).Message, shown.Message);
    }

    // EKS has upgraded such a cluster by itself, and refuses the older version; what deploys nothing goes on.
    [Theory]
    [InlineData("2027-03-26", null)]
    [InlineData("2027-03-27", "1 setting is wrong; nothing was declared:\n  gopher-mesh:kubernetesVersion: found 1.35; standard support of it ended on 2027-03-27")]
    public async Task A_deployment_of_a_version_that_has_left_standard_support_ends_before_anything_is_declared(string today, string? message)
    {
        var config = StackFiles.Dev(("apiAllowedCidrs", """["203.0.113.7/32"]"""), ("kubernetesVersion", "1.35"));
        var shown = await Record.ExceptionAsync(() => StackUnderTest.DeclareAsync(config, () => GopherMeshStack.Declare(DateOnly.Parse(today, CultureInfo.InvariantCulture))));

        // The mocks know no resource of AWS, so a program that goes on ends at the first.
        Assert.NotNull(shown);
        Assert.Equal(message is not null, shown is RunException && shown.Message.StartsWith(message ?? "-", StringComparison.Ordinal));
        Assert.Equal("1.35", config.Read().Eks.KubernetesVersion);
    }

    [Theory]
    [InlineData("standard", "2027-01-25", false)]
    [InlineData("standard", "2027-01-26", true)]
    [InlineData("standard", "2027-03-27", false)]
    [InlineData("extended", "2027-02-01", false)]
    public void A_deployment_is_warned_for_60_days_before_EKS_upgrades_the_cluster_by_itself(string support, string today, bool isWarned)
    {
        var warning = StackFiles.Dev(("kubernetesVersion", "1.35"), ("kubernetesSupport", support)).Read().Eks.SupportWarning(DateOnly.Parse(today, CultureInfo.InvariantCulture));
        Assert.Equal(isWarned, warning is not null);
    }

    // The mocks know no resource of AWS: whatever was declared before the refusal would end this program with another message.
    [Fact]
    public async Task A_deployment_that_nobody_could_reach_ends_before_anything_is_declared()
    {
        var shown = await Assert.ThrowsAsync<RunException>(() => StackUnderTest.DeclareAfreshAsync(StackFiles.Dev()));
        Assert.StartsWith("1 setting is wrong; nothing was declared:\n  gopher-mesh:apiAllowedCidrs: found []; ", shown.Message, StringComparison.Ordinal);
    }
}
