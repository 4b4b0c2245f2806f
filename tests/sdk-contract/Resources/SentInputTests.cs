using GopherMesh.Tests.SdkContract.Support;
using Pulumi;
using Pulumi.Utilities;

namespace GopherMesh.Tests.SdkContract.Resources;

/// <summary>What becomes of arguments on their way to the engine.</summary>
public sealed class SentInputTests
{
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
}
