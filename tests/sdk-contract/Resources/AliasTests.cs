using GopherMesh.Tests.SdkContract.Support;
using Pulumi;
using Pulumi.Utilities;

namespace GopherMesh.Tests.SdkContract.Resources;

public sealed class AliasTests
{
    [Fact]
    public async Task A_former_name_type_or_parent_is_accepted()
    {
        var mocks = await Run.ProgramAsync(() =>
        {
            var parent = new Component("parent", new ComponentResourceOptions { Aliases = [new Alias { Name = "was" }] });
            _ = new Sample("sample", null, new CustomResourceOptions
            {
                Parent = parent,
                Aliases = [new Alias { Name = "was" }, new Alias { Type = "test:index:Old" }, new Alias { NoParent = true }, new Alias { Urn = "urn:pulumi:a::b::c::d" }],
            });
        });

        Assert.Equal(2, mocks.Resources.Count);
    }

    public static TheoryData<string, Func<Alias>> Contradictory => new()
    {
        { "Alias should not specify both Urn and Name", () => new Alias { Urn = "urn:pulumi:a::b::c::d", Name = "was" } },
        { "Alias should not specify both Urn and NoParent", () => new Alias { Urn = "urn:pulumi:a::b::c::d", NoParent = true } },
        { "Only specify one of 'Parent', 'ParentUrn' or 'NoParent' in an Alias", () => new Alias { ParentUrn = "urn:pulumi:a::b::c::d", NoParent = true } },
    };

    [Theory]
    [MemberData(nameof(Contradictory))]
    public async Task A_contradictory_alias_fails_the_program(string message, Func<Alias> alias)
    {
        var failures = await Run.FailuresAsync(() => _ = new Sample("sample", null, new CustomResourceOptions { Aliases = [alias()] }));

        Assert.All(failures, failure => Assert.Contains(message, failure, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_urn_is_made_of_its_parts()
    {
        Output<string>? atTheTop = null;
        Output<string>? below = null;
        await Run.ProgramAsync(() =>
        {
            atTheTop = Urn.Create("name", "a:b:C");
            below = Urn.Create("name", "a:b:C", new Component("parent"));
        });

        Assert.Equal("urn:pulumi:dev::gopher-mesh::a:b:C::name", await OutputUtilities.GetValueAsync(atTheTop!));
        Assert.Equal("urn:pulumi:dev::gopher-mesh::pulumi:pulumi:Stack$test:index:Component$a:b:C::name", await OutputUtilities.GetValueAsync(below!));
    }
}
