using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Stacks;

namespace GopherMesh.Tests.Rehearsal.Program;

/// <summary>No YAML ends the reader: what asks for too much is refused with the limit and the place.</summary>
public sealed class YamlLimitsTests
{
    public static TheoryData<string, string> Refused => new()
    {
        { "a: &c\n  b: *c\n", "the anchor 'c' contains itself" },
        { "a: &c [x, *c]\n", "the anchor 'c' contains itself" },
        { "a: &c {b: &d {e: *c}}\n", "the anchor 'c' contains itself" },
        { "a: " + new string('[', 20_000), "nested deeper than 60 levels" },
        { "a: " + string.Concat(Enumerable.Repeat("{b: ", 20_000)), "nested deeper than 60 levels" },
        { "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + string.Concat(Enumerable.Range(1, 9).Select(level =>
            $"a{level}: &a{level} [{string.Join(", ", Enumerable.Repeat($"*a{level - 1}", 10))}]\n")), "more than 100" },
        { "a: " + new string('x', YamlLimits.MostCharacters), "longer than" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_asks_for_too_much_is_refused(string text, string limit)
    {
        var error = Assert.Throws<UserException>(() => YamlFile.Parse("Pulumi.x.yaml", text));

        Assert.Contains(limit, error.Message, StringComparison.Ordinal);
        Assert.Contains("Pulumi.x.yaml", error.Where, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: &c {b: 1}\nd: *c\ne: *c\n")]
    [InlineData("a: &c 1\nb: &c 2\nd: *c\n")]
    public void Aliases_that_end_are_read(string text)
    {
        var file = YamlFile.Parse("Pulumi.x.yaml", text);

        Assert.NotNull(file.ToJson(file.Root));
    }

    [Fact]
    public void Nesting_up_to_the_limit_is_read()
    {
        var file = YamlFile.Parse("x.yaml", "a: " + new string('[', YamlLimits.MostLevels - 1) + new string(']', YamlLimits.MostLevels - 1));

        Assert.NotNull(file.ToJson(file.Root));
    }
}
