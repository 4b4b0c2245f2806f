using System.Collections.Immutable;
using System.Globalization;
using GopherMesh.Tests.SdkContract.Support;
using Pulumi;
using Pulumi.Utilities;

namespace GopherMesh.Tests.SdkContract.Values;

public sealed class OutputTests
{
    [Fact]
    public async Task Apply_takes_values_tasks_inputs_and_outputs()
    {
        var two = Output.Create(2);

        Assert.Equal(3, await OutputUtilities.GetValueAsync(two.Apply(value => value + 1)));
        Assert.Equal(4, await OutputUtilities.GetValueAsync(two.Apply(value => Task.FromResult(value + 2))));
        Assert.Equal(5, await OutputUtilities.GetValueAsync(two.Apply(value => (Input<int>)(value + 3))));
        Assert.Equal(6, await OutputUtilities.GetValueAsync(two.Apply(value => Output.Create(value + 4))));
    }

    [Fact]
    public async Task Apply_gives_the_default_where_the_function_gives_no_output()
    {
        var none = Output.Create(2).Apply(Output<string>? (_) => null);

        Assert.Null(await OutputUtilities.GetValueAsync(none));
        Assert.True(await OutputUtilities.GetIsKnownAsync(none));
    }

    [Fact]
    public async Task Apply_is_not_called_for_an_unknown_value()
    {
        var called = false;
        var result = OutputUtilities.CreateUnknown("").Apply(value => called = true);

        Assert.False(await OutputUtilities.GetIsKnownAsync(result));
        Assert.False(called);
    }

    [Fact]
    public async Task All_keeps_the_order_and_is_unknown_when_one_is()
    {
        Assert.Equal("3 1 2", await OutputUtilities.GetValueAsync(Output.All(Output.Create(3), Output.Create(1), Output.Create(2)).Apply(Joined)));
        Assert.Equal("1 2", await OutputUtilities.GetValueAsync(Output.All<int>(1, Output.Create(2)).Apply(Joined)));
        Assert.Empty(await OutputUtilities.GetValueAsync(Output.All(ImmutableArray<Output<int>>.Empty)));
        Assert.False(await OutputUtilities.GetIsKnownAsync(Output.All(Output.Create(1), OutputUtilities.CreateUnknown(0))));

        static string Joined(ImmutableArray<int> values) => string.Join(' ', values);
    }

    [Fact]
    public async Task Tuple_joins_values_of_different_types()
    {
        Assert.Equal((1, "a"), await OutputUtilities.GetValueAsync(Output.Tuple(Output.Create(1), Output.Create("a"))));
        Assert.Equal((1, "a", true), await OutputUtilities.GetValueAsync(Output.Tuple<int, string, bool>(1, Output.Create("a"), true)));
    }

    [Fact]
    public async Task Format_is_invariant_and_takes_plain_values_inputs_and_outputs()
    {
        var culture = CultureInfo.CurrentCulture;
        Input<string> input = "input";
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = "," } };
            Assert.Equal("1,5", $"{1.5}");
            Assert.Equal("1.5 input output 007", await OutputUtilities.GetValueAsync(Output.Format($"{1.5} {input} {Output.Create("output")} {Output.Create(7):000}")));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public async Task A_failing_apply_fails_the_program_with_its_exception()
    {
        var failure = await Run.FailureAsync(() => Output.Create(1).Apply(int (_) => throw new RunException("no gophers")));

        Assert.Equal("no gophers", failure.Message);
    }

    [Fact]
    public async Task Values_remember_the_resources_that_they_come_from()
    {
        Sample? first = null;
        Output<string>? joined = null;
        await Run.ProgramAsync(() =>
        {
            first = new Sample("first", new SampleArgs { Text = "a" });
            joined = Output.Format($"{first.Text}-{Output.Create("b")}");
        });

        Assert.Equal("a-b", await OutputUtilities.GetValueAsync(joined!));
        Assert.Same(first, Assert.Single(await OutputUtilities.GetDependenciesAsync(joined!)));
    }

    [Fact]
    public async Task ToString_does_not_give_the_value_and_can_be_made_to_throw()
    {
        var text = "";
        await Run.ProgramAsync(() => text = Output.Create("gopher").ToString());
        Assert.StartsWith("Calling [ToString] on an [Output<T>] is not supported.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("gopher", text, StringComparison.Ordinal);

        using var strict = new EnvironmentVariable("PULUMI_ERROR_OUTPUT_STRING", "1");
        Assert.Throws<InvalidOperationException>(() => Output.Create("gopher").ToString());
    }

    [Fact]
    public void Null_tasks_and_outputs_are_refused()
    {
        Assert.Throws<ArgumentNullException>(() => Output.Create((Task<int>)null!));
        Assert.Throws<ArgumentNullException>(() => Output.CreateSecret((Output<int>)null!));
        Assert.Throws<ArgumentNullException>(() => (Input<int>)(Output<int>)null!);
        Assert.Throws<ArgumentNullException>(() => Output.Tuple(Output.Create(1), (Output<int>)null!));
    }

    [Fact]
    public async Task Elements_of_an_output_list_are_outputs()
    {
        var zones = Output.Create(ImmutableArray.Create("a", "b"));

        Assert.Equal("b", await OutputUtilities.GetValueAsync(zones.GetAt(1)));
        Assert.Equal("a", await OutputUtilities.GetValueAsync(zones.First()));
        Assert.Equal(2, await OutputUtilities.GetValueAsync(zones.Length()));
    }
}

public sealed class SecretTests
{
    private static Output<string> Secret => Output.CreateSecret("hidden");

    [Fact]
    public async Task Whatever_is_made_of_a_secret_is_a_secret()
    {
        Assert.True(await Run.IsSecretAsync(Secret));
        Assert.True(await Run.IsSecretAsync(Secret.Apply(value => value.Length)));
        Assert.True(await Run.IsSecretAsync(Output.Create(1).Apply(_ => Secret)));
        Assert.True(await Run.IsSecretAsync(Output.All(Output.Create("plain"), Secret)));
        Assert.True(await Run.IsSecretAsync(Output.Tuple(Output.Create(1), Secret)));
        Assert.True(await Run.IsSecretAsync(Output.Format($"{Secret}")));
        Assert.True(await Run.IsSecretAsync(new InputMap<string> { ["key"] = Secret }.ToOutput()));
        Assert.True(await Run.IsSecretAsync(new InputList<string> { "plain", Secret }.ToOutput()));
    }

    [Fact]
    public async Task A_secret_can_be_made_and_unmade()
    {
        Assert.True(await Run.IsSecretAsync(Output.CreateSecret(Output.Create("plain"))));
        Assert.True(await Run.IsSecretAsync(Output.CreateSecret(Task.FromResult("plain"))));
        Assert.False(await Run.IsSecretAsync(Output.Unsecret(Secret)));
        Assert.Equal("hidden", await OutputUtilities.GetValueAsync(Output.Unsecret(Secret)));
    }

    [Fact]
    public async Task Mocks_get_secrets_unwrapped_at_every_depth()
    {
        var mocks = await Run.ProgramAsync(() => _ = new Sample("sample", new SampleArgs
        {
            Text = Secret,
            List = { "plain", Secret },
            Map = { ["inner"] = new Dictionary<string, object> { ["deep"] = Secret } },
        }));

        var inputs = mocks["sample"].Inputs;
        Assert.Equal("hidden", inputs["text"]);
        Assert.Equal(["plain", "hidden"], Run.List(inputs["list"]));
        Assert.Equal("hidden", Run.Map(Run.Map(inputs["map"])["inner"])["deep"]);
    }

    [Fact]
    public async Task An_output_that_a_mock_returns_as_secret_is_one()
    {
        Sample? sample = null;
        var mocks = new RecordingMocks { OnResource = _ => ("id", new Dictionary<string, object> { ["text"] = Secret }) };
        await Run.ProgramAsync(() => sample = new Sample("sample"), mocks);

        Assert.Equal("hidden", await OutputUtilities.GetValueAsync(sample!.Text));
        Assert.True(await Run.IsSecretAsync(sample.Text));
        Assert.False(await Run.IsSecretAsync(sample.Id));
    }

    [Fact]
    public async Task An_output_made_of_a_secret_input_is_no_secret_when_a_mock_echoes_the_plain_value()
    {
        Sample? sample = null;
        await Run.ProgramAsync(() => sample = new Sample("sample", new SampleArgs { Text = Secret }));

        Assert.False(await Run.IsSecretAsync(sample!.Text));
    }
}
