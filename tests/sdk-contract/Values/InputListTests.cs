using System.Collections;
using System.Collections.Immutable;
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
