using System.Collections.Immutable;
using System.Text.Json;
using GopherMesh.Tests.SdkContract.Support;
using Pulumi;
using Pulumi.Aws;
using Pulumi.Utilities;

namespace GopherMesh.Tests.SdkContract.Programs;

public sealed class ConfigTests
{
    private static readonly JsonSerializerOptions CaseInsensitive = new() { PropertyNameCaseInsensitive = true };

    private const string Values = """
        {
          "gopher-mesh:text": "v1", "gopher-mesh:number": "50", "gopher-mesh:json": 50, "gopher-mesh:flag": "true", "gopher-mesh:wordy": "True",
          "gopher-mesh:fraction": "0.5", "gopher-mesh:config:old": "kept", "other:text": "another",
          "gopher-mesh:object": "{\"Replicas\":3,\"Name\":\"gopher\"}", "gopher-mesh:empty": "", "gopher-mesh:list": "[1,2]"
        }
        """;

    [Fact]
    public async Task Values_are_read_by_their_type()
    {
        await WithConfigAsync(config =>
        {
            Assert.Equal(("v1", 50, true, 0.5), (config.Get("text"), config.GetInt32("number"), config.GetBoolean("flag"), config.GetDouble("fraction")));
            Assert.Equal(("v1", 50, true, 0.5), (config.Require("text"), config.RequireInt32("number"), config.RequireBoolean("flag"), config.RequireDouble("fraction")));
            Assert.Equal([1, 2], config.RequireObject<int[]>("list"));
            Assert.Equal(("50", "", "kept"), (config.Get("json"), config.Get("empty"), config.Get("old")));
        });
    }

    [Fact]
    public async Task What_is_not_set_is_null_or_missing()
    {
        await WithConfigAsync(config =>
        {
            Assert.Null(config.Get("none"));
            Assert.Null(config.GetInt32("none"));
            Assert.Null(config.GetBoolean("none"));
            Assert.Null(config.GetObject<Gopher>("none"));
            Assert.Equal(0, config.GetObject<int>("none"));
            Assert.Null(config.GetSecret("none"));
            Assert.Null(config.GetSecretObject<Gopher>("none"));
            var missing = Assert.ThrowsAny<RunException>(() => config.Require("none"));
            Assert.Equal(
                "Missing Required configuration variable 'gopher-mesh:none'\n\tplease set a value using the command `pulumi config set gopher-mesh:none <value>`",
                missing.Message);
            Assert.ThrowsAny<RunException>(() => config.RequireInt32("none"));
            Assert.ThrowsAny<RunException>(() => config.RequireObject<Gopher>("none"));
        });
    }

    [Fact]
    public async Task A_value_of_the_wrong_type_names_the_key_the_value_and_the_type()
    {
        await WithConfigAsync(config =>
        {
            Message("Configuration 'gopher-mesh:text' value 'v1' is not a valid Int32", () => config.GetInt32("text"));
            Message("Configuration 'gopher-mesh:fraction' value '0.5' is not a valid Int32", () => config.RequireInt32("fraction"));
            Message("Configuration 'gopher-mesh:text' value 'v1' is not a valid Double", () => config.GetDouble("text"));
            Message("Configuration 'gopher-mesh:wordy' value 'True' is not a valid Boolean", () => config.GetBoolean("wordy"));
            Message("Configuration 'gopher-mesh:empty' value '' is not a valid Int32", () => config.GetInt32("empty"));
            Message("Configuration 'gopher-mesh:text' value 'v1' is not a valid System.Int32[]", () => config.GetObject<int[]>("text"));
        });

        static void Message(string expected, Func<object?> read) => Assert.Equal(expected, Assert.ThrowsAny<RunException>(read).Message);
    }

    [Fact]
    public async Task Objects_are_read_case_sensitively_unless_the_options_say_otherwise()
    {
        await WithConfigAsync(config =>
        {
            Assert.Equal(new Gopher(0, null), config.RequireObject<Gopher>("object"));
            Assert.Equal(new Gopher(3, "gopher"), config.RequireObject<Gopher>("object", CaseInsensitive));
        });
    }

    [Fact]
    public async Task Secrets_are_outputs_and_plain_reads_give_the_same_value()
    {
        Output<string>? secret = null;
        using var keys = new EnvironmentVariable("PULUMI_CONFIG_SECRET_KEYS", """["gopher-mesh:text"]""");
        await WithConfigAsync(config =>
        {
            secret = config.RequireSecret("text");
            Assert.Equal("v1", config.Get("text"));
        });

        Assert.Equal("v1", await OutputUtilities.GetValueAsync(secret!));
        Assert.True(await Output.IsSecretAsync(secret!));
    }

    [Fact]
    public async Task Another_namespace_is_read_by_its_name()
        => await WithConfigAsync(_ =>
        {
            Assert.Equal("another", new Config("other").Get("text"));
            Assert.Equal("another", new Config("other:config").Get("text"));
            Assert.Null(new Config("none").Get("text"));
        });

    [Fact]
    public async Task Without_the_variable_the_configuration_is_empty()
        => await WithConfigAsync(config => Assert.Null(config.Get("text")), values: null);

    [Fact]
    public void A_config_needs_a_running_program() => Assert.Throws<InvalidOperationException>(() => new Config());

    private static async Task WithConfigAsync(Action<Config> assert, string? values = Values)
    {
        using var variable = new EnvironmentVariable("PULUMI_CONFIG", values);
        await Run.ProgramAsync(() => assert(new Config()));
    }

    private sealed record Gopher(
        [property: System.Text.Json.Serialization.JsonPropertyName("replicas")] int Replicas,
        [property: System.Text.Json.Serialization.JsonPropertyName("name")] string? Name);
}

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
