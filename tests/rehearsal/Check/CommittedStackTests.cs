using GopherMesh.Gopherctl.Check;
using GopherMesh.Gopherctl.Program.Stacks;

namespace GopherMesh.Tests.Rehearsal.Check;

/// <summary>The stacks that are committed break no rule, but for what check-exceptions.yaml gives a reason for.</summary>
public sealed class CommittedStackTests
{
    private static readonly IReadOnlyList<PolicyException> Exceptions =
        ExceptionsFile.Read(Path.Combine(RepositoryRoot.Find(), ExceptionsFile.Name));

    private static readonly DateOnly Today = DateOnly.FromDateTime(DateTime.Today);

    // What each of them may be changed to by a setting of its own, too.
    public static TheoryData<string, string[]> Stacks => new()
    {
        { "dev", [] },
        { "dev", ["canaryVersion=v2", "canaryWeight=50", "observability=true"] },
        { "dev", ["metricsServer=true", "requesterMaxReplicas=6", "distributorMaxReplicas=6", "istioCni=true", "flowLogs=all"] },
        { "dev", ["hostedZoneId=Z0123456789ABCDEFGHIJ", "gatewayHosts=[\"a.example\"]", "zones=2", "natGateways=perZone"] },
        { "dev", ["canaryVersion=v2", "canaryWeight=10", "canaryStickyMinutes=10", "apiPrivate=true", "nodeMaintenanceWindow=02:00-06:00"] },
        { "dev", ["previewHeader=x-preview", "faultVersion=v1", "faultAbortPercent=50", "accessLogs=true"] },
        { "local", [] },
        { "local", ["canaryVersion=v2", "observability=true"] },
    };

    [Theory]
    [MemberData(nameof(Stacks))]
    public async Task A_committed_stack_is_clean(string stack, string[] settings)
    {
        var report = CheckReport.Of(await Renderings.OfAsync(stack, settings), Exceptions, Today);

        Assert.Equal([], report.Findings.Select(finding => $"{finding.Rule.Id} {finding.Violation}"));
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("local")]
    public async Task Every_committed_exception_is_about_something(string stack)
    {
        var report = CheckReport.Of(await Renderings.OfAsync(stack, "canaryVersion=v2"), Exceptions, Today);

        Assert.NotEmpty(report.Excepted);
        Assert.Empty(report.Unused);
    }

    [Fact]
    public void Every_exception_is_one_of_a_committed_stack() =>
        Assert.All(Exceptions, exception => Assert.True(exception.Stack is "dev" or "local", exception.Stack));
}
