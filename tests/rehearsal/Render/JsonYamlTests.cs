using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Render;
using YamlDotNet.RepresentationModel;

namespace GopherMesh.Tests.Rehearsal.Render;

public sealed class JsonYamlTests
{
    [Theory]
    [InlineData("on")]
    [InlineData("Off")]
    [InlineData("yes")]
    [InlineData("n")]
    [InlineData("null")]
    [InlineData("~")]
    [InlineData("")]
    [InlineData("true")]
    [InlineData("8080")]
    [InlineData("1e3")]
    [InlineData("0x10")]
    [InlineData("1_000")]
    [InlineData("-5")]
    [InlineData(".inf")]
    [InlineData("12:30:45")]
    [InlineData("2026-11-22")]
    [InlineData("1.31.0")]
    [InlineData("*")]
    [InlineData("&a")]
    [InlineData("!x")]
    [InlineData("- a")]
    [InlineData("a: b")]
    [InlineData("a #b")]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData("{a}")]
    [InlineData("%")]
    [InlineData("@a")]
    [InlineData("tab\there")]
    [InlineData("trailing line\n")]
    [InlineData("quote\"and'quote")]
    [InlineData("ünïcödé")]
    public void What_might_be_taken_for_something_else_is_quoted_and_survives(string text)
    {
        var scalar = Assert.IsType<YamlScalarNode>(Parse(JsonYaml.Write(new JsonObject { ["key"] = text }))["key"]);

        Assert.Equal(text, scalar.Value);
        Assert.NotEqual(YamlDotNet.Core.ScalarStyle.Plain, scalar.Style);
    }

    [Theory]
    [InlineData("gopher-distributor")]
    [InlineData("app.kubernetes.io/name")]
    [InlineData("gopher-distributor.gophers.svc.cluster.local")]
    [InlineData("/healthz")]
    public void Plain_words_stay_plain(string text) =>
        Assert.Equal($"key: {text}\n", JsonYaml.Write(new JsonObject { ["key"] = text }));

    [Fact]
    public void Keys_are_quoted_by_the_same_rule() =>
        Assert.Equal("\"on\": 1\n\"8080\": 2\nname: 3\n", JsonYaml.Write(new JsonObject { ["on"] = 1, ["8080"] = 2, ["name"] = 3 }));

    [Fact]
    public void Numbers_flags_and_empty_collections_have_their_types() =>
        Assert.Equal(
            "a: 1\nb: 1.5\nc: true\nd: null\ne: []\nf: {}\ng:\n  - 1\n",
            JsonYaml.Write(JsonNode.Parse("""{"a":1,"b":1.5,"c":true,"d":null,"e":[],"f":{},"g":[1]}""")!));

    [Fact]
    public void Several_lines_are_a_block() =>
        Assert.Equal("key: |\n  one\n    two\n", JsonYaml.Write(new JsonObject { ["key"] = "one\n  two\n" }));

    private static YamlMappingNode Parse(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }
}
