using System.Collections.Immutable;
using GopherMesh.Tests.SdkContract.Support;
using Pulumi;
using Pulumi.Testing;
using Pulumi.Utilities;

namespace GopherMesh.Tests.SdkContract.Resources;

public sealed class RegistrationTests
{
    [Fact]
    public async Task A_mock_sees_type_name_inputs_and_empty_strings_for_what_is_not_there()
    {
        var sent = (await Run.ProgramAsync(() => _ = new Sample("sample", new SampleArgs { Text = "hello" })))["sample"];

        Assert.Equal(("test:index:Sample", "sample", "", ""), (sent.Type, sent.Name, sent.Provider, sent.Id));
        Assert.Equal("hello", Assert.Single(sent.Inputs).Value);
    }

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

    [Fact]
    public async Task Reading_a_resource_asks_the_mock_for_its_id()
    {
        Sample? sample = null;
        var mocks = await Run.ProgramAsync(
            () => sample = new Sample("sample", null, new CustomResourceOptions { Id = "existing" }),
            new() { OnResource = _ => ("another", ImmutableDictionary<string, object>.Empty.Add("text", "found")) });

        Assert.Equal("existing", mocks["sample"].Id);
        Assert.Equal("existing", await OutputUtilities.GetValueAsync(sample!.Id));
        Assert.Equal("found", await OutputUtilities.GetValueAsync(sample.Text));
    }

    [Fact]
    public async Task Importing_a_resource_shows_its_id_and_an_empty_one_registers_it()
    {
        var mocks = await Run.ProgramAsync(() =>
        {
            _ = new Sample("imported", null, new CustomResourceOptions { ImportId = "i-1" });
            _ = new Sample("registered", null, new CustomResourceOptions { Id = "" });
        });

        Assert.Equal(("i-1", ""), (mocks["imported"].Id, mocks["registered"].Id));
    }

    [Fact]
    public async Task Resources_come_back_in_the_order_of_their_registration_without_the_stack()
    {
        var (resources, outputs) = await Deployment.TestAsync(new RecordingMocks(), Run.Update, () =>
        {
            var first = new Sample("first", new SampleArgs { Text = "a" });
            _ = new Sample("second", new SampleArgs { Text = first.Text });
            return new Dictionary<string, object?> { ["answer"] = 42 };
        });

        Assert.Equal(["first", "second"], resources.Select(resource => resource.GetResourceName()));
        Assert.Equal(42, outputs["answer"]);
    }

    [Fact]
    public async Task A_mock_that_answers_with_something_else_than_a_map_fails_the_program()
    {
        var failure = await Run.FailureAsync(() => _ = new Sample("sample"), new RecordingMocks { OnResource = _ => ("id", "text") });

        Assert.Contains("System.String is not a supported argument type", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mock_need_not_answer_the_registration_of_outputs() => Assert.NotNull((IMocks)new QuietMocks());

    private sealed class QuietMocks : IMocks
    {
        public Task<(string? id, object state)> NewResourceAsync(MockResourceArgs args) => throw new NotSupportedException();

        public Task<object> CallAsync(MockCallArgs args) => throw new NotSupportedException();
    }
}
