using System.Collections;
using System.Collections.Immutable;
using GopherMesh.Tests.SdkContract.Support;
using Pulumi;
using Pulumi.Utilities;

namespace GopherMesh.Tests.SdkContract.Values;

public sealed class InputListTests
{
    private static readonly string[] Expected = ["a", "b"];

    public static TheoryData<string, InputList<string>> Conversions => new()
    {
        { "array", new[] { "a", "b" } },
        { "array of outputs", new[] { Output.Create("a"), Output.Create("b") } },
        { "array of inputs", new Input<string>[] { "a", Output.Create("b") } },
        { "list", new List<string> { "a", "b" } },
        { "list of outputs", new List<Output<string>> { Output.Create("a"), Output.Create("b") } },
        { "immutable array", ImmutableArray.Create("a", "b") },
        { "immutable array of outputs", ImmutableArray.Create(Output.Create("a"), Output.Create("b")) },
        { "output of an array", Output.Create(new[] { "a", "b" }) },
        { "output of a list", Output.Create(new List<string> { "a", "b" }) },
        { "output of an enumerable", Output.Create(Expected.Select(value => value)) },
        { "output of an immutable array", Output.Create(ImmutableArray.Create("a", "b")) },
        { "initialiser", new InputList<string> { "a", Output.Create("b") } },
        { "collection expression", ["a", Output.Create("b")] },
        { "collection expression with a spread", ["a", .. new[] { "b" }] },
    };

    [Theory]
    [MemberData(nameof(Conversions))]
    public async Task A_list_can_be_made_of_every_kind_of_collection(string what, InputList<string> list)
        => Assert.True(Expected.SequenceEqual(await OutputUtilities.GetValueAsync(list.ToOutput())), what);

    [Fact]
    public async Task A_single_value_becomes_a_list_of_one()
    {
        InputList<string> ofValue = "a";
        InputList<string> ofOutput = Output.Create("a");

        Assert.Equal(["a"], await ItemsAsync(ofValue));
        Assert.Equal(["a"], await ItemsAsync(ofOutput));
    }

    [Fact]
    public async Task A_default_immutable_array_stays_one()
    {
        InputList<string> list = default(ImmutableArray<string>);

        Assert.True((await OutputUtilities.GetValueAsync(list.ToOutput())).IsDefault);
    }

    [Fact]
    public async Task Adding_changes_the_list_but_not_the_outputs_taken_before()
    {
        InputList<string> list = ["a"];
        var before = list.ToOutput();
        list.Add("b", "c");
        list.Add(new InputList<string> { "d" });
        list.AddRange(new[] { "e" });

        Assert.Equal(["a"], await ItemsAsync((Input<ImmutableArray<string>>)before));
        Assert.Equal(["a", "b", "c", "d", "e"], await ItemsAsync(list));
    }

    [Fact]
    public async Task Concat_leaves_both_lists_alone()
    {
        InputList<string> first = ["a"];
        InputList<string> second = ["b"];

        Assert.Equal(["a", "b"], await ItemsAsync(first.Concat(second)));
        Assert.Equal(["a"], await ItemsAsync(first));
        Assert.Equal(["b"], await ItemsAsync(second));
    }

    [Fact]
    public async Task A_list_is_enumerated_asynchronously_or_not_at_all()
    {
        InputList<string> list = ["a", "b"];
        var values = new List<string>();
        await foreach (var value in list)
        {
            values.Add(await OutputUtilities.GetValueAsync(value.ToOutput()));
        }

        Assert.Equal(["a", "b"], values);
        Assert.Throws<NotSupportedException>(() => ((IEnumerable)list).GetEnumerator());
    }

    [Fact]
    public async Task Values_of_either_type_can_be_added_to_a_list_of_unions()
    {
        var list = new InputList<Union<int, string>>();
        list.Add((Input<int>)1);
        list.Add((Input<string>)"50%");

        Assert.Equal([1, "50%"], await ItemsAsync(list));
    }

    private static async Task<List<T>> ItemsAsync<T>(Input<ImmutableArray<T>> list) => [.. await OutputUtilities.GetValueAsync(list.ToOutput())];
}

public sealed class InputMapTests
{
    private static readonly Dictionary<string, string> Expected = new() { ["app"] = "gopher", ["version"] = "v1" };

    public static TheoryData<string, InputMap<string>> Conversions => new()
    {
        { "dictionary", Expected },
        { "immutable dictionary", Expected.ToImmutableDictionary() },
        { "output of a dictionary", Output.Create(Expected) },
        { "output of an interface", Output.Create<IDictionary<string, string>>(Expected) },
        { "output of an immutable dictionary", Output.Create(Expected.ToImmutableDictionary()) },
        { "indexer", new InputMap<string> { ["app"] = "gopher", ["version"] = Output.Create("v1") } },
        { "initialiser", new InputMap<string> { { "app", "gopher" }, { "version", Output.Create("v1") } } },
    };

    [Theory]
    [MemberData(nameof(Conversions))]
    public async Task A_map_can_be_made_of_every_kind_of_dictionary(string what, InputMap<string> map)
    {
        var values = await OutputUtilities.GetValueAsync(map.ToOutput());

        Assert.True(Expected.OrderBy(pair => pair.Key).SequenceEqual(values.OrderBy(pair => pair.Key)), what);
    }

    [Fact]
    public async Task The_same_value_may_be_set_twice()
    {
        var map = new InputMap<string> { ["app"] = "gopher" };
        map["app"] = "gopher";

        Assert.Equal("gopher", (await OutputUtilities.GetValueAsync(map.ToOutput()))["app"]);
    }

    [Fact]
    public async Task A_second_different_value_fails_when_the_map_is_read()
    {
        var map = new InputMap<string> { ["app"] = "gopher" };
        map["app"] = "badger";

        var failure = await Assert.ThrowsAsync<ArgumentException>(() => OutputUtilities.GetValueAsync(map.ToOutput()));
        Assert.Equal("Key 'app' already exists in the map with a different value.", failure.Message);
    }

    [Fact]
    public async Task A_second_different_value_in_a_range_fails_as_well()
    {
        var map = new InputMap<string> { ["app"] = "gopher" };
        map.Add(new InputMap<string> { ["version"] = "v1" });
        Assert.Equal(2, (await OutputUtilities.GetValueAsync(map.ToOutput())).Count);

        map.AddRange(new InputMap<string> { ["app"] = "badger" });
        await Assert.ThrowsAsync<ArgumentException>(() => OutputUtilities.GetValueAsync(map.ToOutput()));
    }

    [Fact]
    public async Task A_failure_in_a_map_of_a_resource_fails_the_program()
    {
        var failures = await Run.FailuresAsync(() => _ = new Sample("sample", new SampleArgs { Map = { ["app"] = "gopher", ["app"] = "badger" } }));

        Assert.All(failures, failure => Assert.Contains("Key 'app' already exists in the map with a different value.", failure, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_two_merged_maps_the_second_wins()
    {
        var merged = InputMap<string>.Merge(new() { ["app"] = "gopher", ["version"] = "v1" }, new() { ["version"] = "v2" });

        var values = await OutputUtilities.GetValueAsync(merged.ToOutput());
        Assert.Equal(("gopher", "v2"), (values["app"], values["version"]));
    }

    [Fact]
    public async Task Adding_does_not_change_outputs_taken_before()
    {
        var map = new InputMap<string> { ["app"] = "gopher" };
        var before = map.ToOutput();
        map["version"] = "v1";

        Assert.Single(await OutputUtilities.GetValueAsync(before));
        Assert.Equal(2, (await OutputUtilities.GetValueAsync(map.ToOutput())).Count);
    }

    [Fact]
    public async Task A_map_is_enumerated_asynchronously_or_not_at_all()
    {
        InputMap<string> map = new() { ["app"] = "gopher" };
        await foreach (var pair in map)
        {
            Assert.Equal(KeyValuePair.Create("app", "gopher"), await OutputUtilities.GetValueAsync(pair.ToOutput()));
        }

        Assert.Throws<NotSupportedException>(() => ((IEnumerable)map).GetEnumerator());
    }
}

public sealed class UnionTests
{
    public static TheoryData<InputUnion<int, string>, object> Ports => new()
    {
        { 8080, 8080.0 },
        { "http", "http" },
        { (Input<int>)8080, 8080.0 },
        { Output.Create("http"), "http" },
        { Output.Create((Union<int, string>)8080), 8080.0 },
    };

    [Fact]
    public void A_union_holds_one_of_two_types()
    {
        Union<int, string> number = 8080;
        Union<int, string> name = "http";

        Assert.True(number.IsT0);
        Assert.Equal(8080, number.AsT0);
        Assert.True(name.IsT1);
        Assert.Equal("http", name.AsT1);
        Assert.Equal(["8080", "http"], new[] { number, name }.Select(port => port.Match(n => $"{n}", text => text)));
        Assert.Throws<InvalidOperationException>(() => number.AsT1);
        Assert.Throws<InvalidOperationException>(() => name.AsT0);
    }

    [Fact]
    public void Unions_are_equal_by_value_and_say_their_type()
    {
        Assert.Equal((Union<int, string>)1, (Union<int, string>)1);
        Assert.True((Union<int, string>)"a" != (Union<int, string>)"b");
        Assert.False(Union<object, string>.FromT0("a").Equals(Union<object, string>.FromT1("a")));
        Assert.Equal("System.String: http", ((Union<int, string>)"http").ToString());
    }

    [Theory]
    [MemberData(nameof(Ports))]
    public async Task An_input_of_two_types_reaches_the_mocks_as_the_one_that_it_is(InputUnion<int, string> port, object sent)
    {
        var mocks = await Run.ProgramAsync(() => _ = new Sample("sample", new SampleArgs { Size = port }));

        Assert.Equal(sent, mocks["sample"].Inputs["size"]);
    }

    [Fact]
    public async Task An_empty_input_of_two_types_is_the_first_types_default()
        => Assert.Equal(0, (await OutputUtilities.GetValueAsync(new InputUnion<int, string>().ToOutput())).AsT0);

    [Fact]
    public async Task Json_reaches_the_mocks_as_the_value_that_it_is()
    {
        var mocks = await Run.ProgramAsync(() => _ = new Sample("sample", new SampleArgs { Json = """{ "a": [1, true, null, "x"], "n": null }""" }));

        var json = Run.Map(mocks["sample"].Inputs["json"]);
        Assert.Equal([1.0, true, null!, "x"], Run.List(json["a"]));
        Assert.Null(json["n"]);
    }
}
