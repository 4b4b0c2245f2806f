using System.Collections.Immutable;
using GopherMesh.Tests.SdkContract.Support;
using Pulumi;
using Pulumi.Aws;
using Pulumi.Utilities;

namespace GopherMesh.Tests.SdkContract.Programs;

public sealed class InvokeTests
{
    private static RecordingMocks Zones => new() { OnCall = _ => new Dictionary<string, object> { ["names"] = new[] { "a", "b" }, ["id"] = "region" } };

    [Fact]
    public async Task A_function_is_called_by_its_token_with_its_arguments()
    {
        Output<GetAvailabilityZonesResult>? zones = null;
        var mocks = await Run.ProgramAsync(() => zones = GetAvailabilityZones.Invoke(new() { State = "available" }), Zones);

        var call = Assert.Single(mocks.Calls);
        Assert.Equal(("aws:index/getAvailabilityZones:getAvailabilityZones", ""), (call.Token, call.Provider));
        Assert.Equal(KeyValuePair.Create<string, object>("state", "available"), Assert.Single(call.Args));
        Assert.Equal(["a", "b"], (IEnumerable<string>)(await OutputUtilities.GetValueAsync(zones!)).Names);
    }

    [Fact]
    public async Task A_function_can_be_awaited()
    {
        IEnumerable<string> names = [];
        await Deployment.TestAsync(Zones, Run.Update, async () => { names = (await GetAvailabilityZones.InvokeAsync()).Names; });

        Assert.Equal(["a", "b"], names);
    }

    [Fact]
    public async Task A_function_is_not_called_with_unknown_arguments()
    {
        Output<GetAvailabilityZonesResult>? zones = null;
        var mocks = await Run.ProgramAsync(() => zones = GetAvailabilityZones.Invoke(new() { State = OutputUtilities.CreateUnknown("") }), Zones);

        Assert.Empty(mocks.Calls);
        Assert.False(await OutputUtilities.GetIsKnownAsync(zones!));
    }

    [Fact]
    public async Task A_function_takes_the_provider_of_its_options_or_of_its_parent()
    {
        var mocks = await Run.ProgramAsync(
            () =>
            {
                var provider = new Provider("aws");
                _ = GetAvailabilityZones.Invoke(new() { State = "explicit" }, new InvokeOptions { Provider = provider });
                var component = new Component("component", new ComponentResourceOptions { Provider = provider });
                _ = GetAvailabilityZones.Invoke(new() { State = "inherited" }, new InvokeOptions { Parent = component });
            },
            Zones);

        Assert.Equal(2, mocks.Calls.Count);
        Assert.All(mocks.Calls, call => Assert.EndsWith("::aws::aws-id", call.Provider, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_function_waits_for_what_it_depends_on_and_passes_the_dependency_on()
    {
        Sample? sample = null;
        Output<GetAvailabilityZonesResult>? zones = null;
        await Run.ProgramAsync(
            () =>
            {
                sample = new Sample("sample");
                zones = GetAvailabilityZones.Invoke(new(), new InvokeOutputOptions { DependsOn = [sample] });
            },
            Zones);

        Assert.Same(sample, Assert.Single(await OutputUtilities.GetDependenciesAsync(zones!)));
    }

    [Fact]
    public async Task A_secret_in_the_answer_makes_the_whole_answer_secret()
    {
        Output<GetAvailabilityZonesResult>? zones = null;
        var mocks = new RecordingMocks { OnCall = _ => ImmutableDictionary<string, object>.Empty.Add("id", Output.CreateSecret("hidden")) };
        await Run.ProgramAsync(() => zones = GetAvailabilityZones.Invoke(), mocks);

        Assert.True(await Output.IsSecretAsync(zones!));
        Assert.Equal("hidden", (await OutputUtilities.GetValueAsync(zones!)).Id);
    }

    [Fact]
    public async Task A_failing_function_fails_the_program()
    {
        var failure = await Run.FailureAsync(
            () => GetAvailabilityZones.Invoke(), new() { OnCall = call => throw new NotSupportedException($"unexpected {call.Token}") });

        Assert.Contains("unexpected aws:index/getAvailabilityZones:getAvailabilityZones", failure.Message, StringComparison.Ordinal);
    }
}
