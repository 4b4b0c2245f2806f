using GopherMesh.Tests.SdkContract.Support;
using Pulumi;
using Pulumi.Utilities;

namespace GopherMesh.Tests.SdkContract.Resources;

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
