using System.Collections;
using System.Collections.Immutable;
using GopherMesh.Tests.SdkContract.Support;
using Pulumi;
using Pulumi.Utilities;

namespace GopherMesh.Tests.SdkContract.Values;

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
