using GopherMesh.Tests.SdkContract.Support;
using Pulumi;
using Pulumi.Utilities;

namespace GopherMesh.Tests.SdkContract.Values;

public sealed class UnionTests
{
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

    public static TheoryData<InputUnion<int, string>, object> Ports => new()
    {
        { 8080, 8080.0 },
        { "http", "http" },
        { (Input<int>)8080, 8080.0 },
        { Output.Create("http"), "http" },
        { Output.Create((Union<int, string>)8080), 8080.0 },
    };

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
