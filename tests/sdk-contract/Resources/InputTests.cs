using GopherMesh.Tests.SdkContract.Support;
using Pulumi;
using Pulumi.Utilities;

namespace GopherMesh.Tests.SdkContract.Resources;

/// <summary>How arguments reach the engine, and which are refused.</summary>
public sealed class InputTests
{
    public static TheoryData<object> Unsupported =>
    [
        new { Anonymous = 1 },
        1L,
        1.5f,
        1.5m,
        DateTime.UnixEpoch,
        new HashSet<string> { "a" },
        new Dictionary<int, string> { [1] = "a" },
    ];

    [Fact]
    public async Task Numbers_arrive_as_doubles_lists_and_maps_as_immutable_collections()
    {
        var mocks = await Run.ProgramAsync(() => _ = new Sample("sample", new SampleArgs
        {
            Number = 3,
            Map = { ["plain"] = 1, ["list"] = new[] { 1, 2 }, ["dictionary"] = new Dictionary<string, object> { ["a"] = true }, ["fraction"] = 0.5 },
            Nested = new SampleNestedArgs { Name = Output.Create("inner"), Flag = true },
        }));

        var inputs = mocks["sample"].Inputs;
        var map = Run.Map(inputs["map"]);
        Assert.Equal(3.0, inputs["number"]);
        Assert.Equal((1.0, 0.5), (map["plain"], map["fraction"]));
        Assert.Equal([1.0, 2.0], Run.List(map["list"]));
        Assert.Equal(true, Run.Map(map["dictionary"])["a"]);
        Assert.Equal("inner", Run.Map(inputs["nested"])["name"]);
    }

    [Fact]
    public async Task Nulls_vanish_from_maps_but_stay_in_lists()
    {
        var mocks = await Run.ProgramAsync(() => _ = new Sample("sample", new SampleArgs
        {
            Text = (string)null!,
            List = { (string)null!, "a" },
            Map = { ["none"] = null!, ["inner"] = new Dictionary<string, object?> { ["none"] = null, ["some"] = "b" } },
        }));

        var inputs = mocks["sample"].Inputs;
        Assert.Equal(["list", "map"], inputs.Keys.Order());
        Assert.Equal([null!, "a"], Run.List(inputs["list"]));
        Assert.Equal(["inner"], Run.Map(inputs["map"]).Keys);
        Assert.Equal(["some"], Run.Map(Run.Map(inputs["map"])["inner"]).Keys);
    }

    [Fact]
    public async Task A_list_or_map_that_was_only_looked_at_is_sent_empty()
    {
        var args = new SampleArgs();
        _ = (args.List, args.Map);
        var sent = (await Run.ProgramAsync(() => _ = new Sample("sample", args)))["sample"];

        Assert.Empty(Run.List(sent.Inputs["list"]));
        Assert.Empty(Run.Map(sent.Inputs["map"]));
    }

    [Fact]
    public async Task A_property_with_something_unknown_inside_is_not_sent()
    {
        var sent = (await Run.ProgramAsync(() => _ = new Sample("sample", new SampleArgs
        {
            Text = OutputUtilities.CreateUnknown(""),
            Map = { ["known"] = "a", ["unknown"] = OutputUtilities.CreateUnknown<object>("") },
            Number = 1,
        })))["sample"];

        Assert.Equal(["number"], sent.Inputs.Keys);
    }

    [Fact]
    public async Task Names_that_start_with_two_underscores_are_not_sent()
    {
        var sent = (await Run.ProgramAsync(() => _ = new Sample("sample", new SampleArgs { Map = { ["__defaults"] = "a", ["kept"] = "b" } })))["sample"];

        Assert.Equal(["kept"], Run.Map(sent.Inputs["map"]).Keys);
    }

    [Fact]
    public async Task Inputs_marked_as_json_are_sent_as_text_in_protobufs_spelling()
    {
        var sent = (await Run.ProgramAsync(() => _ = new Sample("sample", new SampleArgs { AsJson = new SampleNestedArgs { Name = "a\"<é>", Flag = true } })))["sample"];

        Assert.Equal("""{ "flag": true, "name": "a\"\u003cé\u003e" }""", sent.Inputs["asJson"]);
    }

    [Fact]
    public async Task Files_reach_the_mocks_as_files()
    {
        var sent = (await Run.ProgramAsync(() => _ = new Sample("sample", new SampleArgs
        {
            Map = { ["text"] = new StringAsset("hi"), ["file"] = new FileAsset("values.yaml"), ["folder"] = new FileArchive("charts") },
        })))["sample"];

        var map = Run.Map(sent.Inputs["map"]);
        Assert.IsType<StringAsset>(map["text"]);
        Assert.IsType<FileAsset>(map["file"]);
        Assert.IsType<FileArchive>(map["folder"]);
    }

    [Theory]
    [MemberData(nameof(Unsupported))]
    public async Task Types_that_the_engine_does_not_know_are_refused(object value)
    {
        var failure = await Run.FailureAsync(() => _ = new Sample("sample", new SampleArgs { Anything = value }));

        Assert.Contains("error serializing property \"anything\": ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(
            value is Dictionary<int, string>
                ? "Dictionaries are only supported with string keys:\n\tresource:sample[test:index:Sample].anything"
                : $"{value.GetType().FullName} is not a supported argument type.\n\tresource:sample[test:index:Sample].anything",
            failure.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_has_to_be_wrapped_in_an_output()
    {
        var failure = await Run.FailureAsync(() => _ = new Sample("sample", new SampleArgs { Anything = Task.FromResult("a") }));

        Assert.Contains("Tasks are not allowed inside ResourceArgs. Please wrap your Task in an Output:", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_required_argument_that_is_missing_is_named()
    {
        var failure = await Run.FailureAsync(() => _ = new Sample("sample", new SampleArgs { Nested = new SampleNestedArgs() }));

        Assert.Contains(
            $"[Input] {typeof(SampleNestedArgs).FullName}.Name is required but was not given a value (Parameter 'Name')",
            failure.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_required_list_that_is_missing_is_named_by_its_field()
    {
        var failure = await Run.FailureAsync(() => _ = new Pulumi.Kubernetes.Apps.V1.Deployment("d", new()
        {
            Spec = new Pulumi.Kubernetes.Types.Inputs.Apps.V1.DeploymentSpecArgs
            {
                Selector = new Pulumi.Kubernetes.Types.Inputs.Meta.V1.LabelSelectorArgs(),
                Template = new Pulumi.Kubernetes.Types.Inputs.Core.V1.PodTemplateSpecArgs
                {
                    Spec = new Pulumi.Kubernetes.Types.Inputs.Core.V1.PodSpecArgs(),
                },
            },
        }));

        Assert.Contains(
            "[Input] Pulumi.Kubernetes.Types.Inputs.Core.V1.PodSpecArgs._containers is required but was not given a value (Parameter '_containers')",
            failure.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resource_has_a_type_and_a_name()
    {
        Assert.Contains("'type' cannot be null or empty.", (await Run.FailureAsync(() => _ = new Bare("", "name"))).Message, StringComparison.Ordinal);
        Assert.Contains("'name' cannot be null or empty.", (await Run.FailureAsync(() => _ = new Bare("a:b:C", ""))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_component_cannot_be_read()
    {
        var failure = await Run.FailureAsync(() => _ = new Component("component", new ComponentResourceOptions { Id = "existing" }));

        Assert.Contains("ResourceOptions.Id is only valid for a CustomResource", failure.Message, StringComparison.Ordinal);
    }

    private sealed class Bare(string type, string name) : CustomResource(type, name, null, new CustomResourceOptions());
}

public sealed class OutputPropertyTests
{
    [Fact]
    public async Task What_a_mock_returns_is_converted_to_the_properties_types()
    {
        Sample? sample = null;
        await Run.ProgramAsync(() => sample = new Sample("sample"), Answering(new()
        {
            ["number"] = 3,
            ["list"] = new[] { "a", "b" },
            ["nested"] = new Dictionary<string, object> { ["name"] = "inner", ["flag"] = true, ["labels"] = new Dictionary<string, object> { ["k"] = "v" } },
        }));

        var nested = await OutputUtilities.GetValueAsync(sample!.Nested);
        Assert.Equal(3, await OutputUtilities.GetValueAsync(sample.Number));
        Assert.Equal("a b", string.Join(' ', await OutputUtilities.GetValueAsync(sample.List)));
        Assert.Equal(("inner", true, "v"), (nested.Name, nested.Flag, nested.Labels["k"]));
    }

    [Fact]
    public async Task What_a_mock_does_not_return_is_the_default_in_an_update()
    {
        Sample? sample = null;
        await Run.ProgramAsync(() => sample = new Sample("sample", new SampleArgs { Text = "a" }), Answering([]));

        Assert.Null(await OutputUtilities.GetValueAsync(sample!.Text));
        Assert.Equal(0, await OutputUtilities.GetValueAsync(sample.Number));
        Assert.True(await OutputUtilities.GetIsKnownAsync(sample.Text));
    }

    [Fact]
    public async Task What_a_mock_does_not_return_is_unknown_in_a_preview()
    {
        Sample? sample = null;
        await Run.ProgramAsync(() => sample = new Sample("sample", new SampleArgs { Text = "a" }), Answering(new() { ["number"] = 1 }), Run.Preview);

        Assert.False(await OutputUtilities.GetIsKnownAsync(sample!.Text));
        Assert.True(await OutputUtilities.GetIsKnownAsync(sample.Number));
    }

    [Fact]
    public async Task A_value_of_the_wrong_type_is_left_out_without_failing()
    {
        Sample? sample = null;
        await Run.ProgramAsync(() => sample = new Sample("sample"), Answering(new() { ["text"] = 3, ["number"] = "x", ["nested"] = "y", ["list"] = true }));

        Assert.Null(await OutputUtilities.GetValueAsync(sample!.Text));
        Assert.Equal(0, await OutputUtilities.GetValueAsync(sample.Number));
        Assert.Null(await OutputUtilities.GetValueAsync(sample.Nested));
        Assert.True((await OutputUtilities.GetValueAsync(sample.List)).IsDefault);
    }

    [Fact]
    public async Task A_fraction_becomes_an_integer_and_null_stays_null()
    {
        Sample? sample = null;
        await Run.ProgramAsync(() => sample = new Sample("sample"), Answering(new() { ["number"] = 3.9 }));

        Assert.Equal(3, await OutputUtilities.GetValueAsync(sample!.Number));
        Assert.Null(await OutputUtilities.GetValueAsync(sample.Optional));
    }

    [Fact]
    public async Task An_id_that_a_mock_leaves_out_is_unknown_and_the_urn_is_not()
    {
        Sample? sample = null;
        await Run.ProgramAsync(() => sample = new Sample("sample"), new() { OnResource = args => (null, args.Inputs) });

        Assert.False(await OutputUtilities.GetIsKnownAsync(sample!.Id));
        Assert.Equal("urn:pulumi:dev::gopher-mesh::pulumi:pulumi:Stack$test:index:Sample::sample", await OutputUtilities.GetValueAsync(sample.Urn));
    }

    [Fact]
    public async Task Every_output_depends_on_its_resource()
    {
        Sample? sample = null;
        await Run.ProgramAsync(() => sample = new Sample("sample"));

        Assert.Same(sample, Assert.Single(await OutputUtilities.GetDependenciesAsync(sample!.Id)));
        Assert.Same(sample, Assert.Single(await OutputUtilities.GetDependenciesAsync(sample.Text)));
    }

    [Fact]
    public async Task An_output_property_must_be_an_output_of_an_allowed_type()
    {
        var notAnOutput = await Run.FailureAsync(() => _ = new NotAnOutput());
        var notPossible = await Run.FailureAsync(() => _ = new NotPossible());

        Assert.Contains("Output(s) 'text' have incorrect type. [Output] attributed properties must be instances of Output<T>.", notAnOutput.Message, StringComparison.Ordinal);
        Assert.Contains("contains invalid type System.DateTime. Allowed types are:", notPossible.Message, StringComparison.Ordinal);
    }

    private static RecordingMocks Answering(Dictionary<string, object> state) => new() { OnResource = _ => ("id", state) };

    private sealed class NotAnOutput() : CustomResource("test:index:NotAnOutput", "wrong", null, new CustomResourceOptions())
    {
        [Output("text")]
        public string Text { get; private set; } = "";
    }

    private sealed class NotPossible() : CustomResource("test:index:NotPossible", "wrong", null, new CustomResourceOptions())
    {
        [Output("date")]
        public Output<DateTime> Date { get; private set; } = null!;
    }
}
