using System.Collections.Immutable;
using GopherMesh.Infra.Eks.Network;
using Moq;
using Pulumi;
using Pulumi.Testing;

namespace GopherMesh.Tests.Unit.Eks;

/// <summary>The request to AWS before subnets are placed.</summary>
public class AvailabilityZoneTests
{
    private const string Function = "aws:index/getAvailabilityZones:getAvailabilityZones";

    [Fact]
    public async Task Requests_the_zones_that_need_no_opt_in_and_can_hold_an_EKS_control_plane()
    {
        var asked = await QuestionAsync();
        var filter = (ImmutableDictionary<string, object>)Assert.Single((ImmutableArray<object>)asked["filters"]);

        Assert.Equal("available", asked["state"]);
        Assert.Equal(["use1-az3", "usw1-az2", "cac1-az3"], Texts(asked["excludeZoneIds"]));
        Assert.Equal("opt-in-status", filter["name"]);
        Assert.Equal(["opt-in-not-required"], Texts(filter["values"]));
    }

    [Theory]
    [InlineData(3, "a,b", "set zones to 2 or use another region.")]
    [InlineData(2, "a", "use another region, since EKS needs at least 2 zones.")]
    public void A_region_with_too_few_is_refused_with_what_can_be_done(int wanted, string found, string remedy) =>
        Assert.EndsWith(
            $"({found.Replace(",", ", ", StringComparison.Ordinal)}): {remedy}",
            Assert.Throws<RunException>(() => AvailabilityZoneNames.Choose("us-west-1", wanted, found.Split(','))).Message,
            StringComparison.Ordinal);

    private static IEnumerable<string> Texts(object list) => ((ImmutableArray<object>)list).Cast<string>();

    private static async Task<ImmutableDictionary<string, object>> QuestionAsync()
    {
        var asked = new List<ImmutableDictionary<string, object>>();
        var mocks = new Mock<IMocks>(MockBehavior.Strict);
        mocks.Setup(engine => engine.CallAsync(It.Is<MockCallArgs>(args => args.Token == Function)))
            .Callback((MockCallArgs args) => asked.Add(args.Args))
            .ReturnsAsync(ImmutableDictionary<string, object>.Empty.Add("names", ImmutableArray.Create<object>("a", "b")));
        mocks.Setup(engine => engine.RegisterResourceOutputs(It.IsAny<MockRegisterResourceOutputsRequest>())).Returns(Task.CompletedTask);
        mocks.Setup(engine => engine.NewResourceAsync(It.IsAny<MockResourceArgs>()))
            .Returns((MockResourceArgs args) => Task.FromResult<(string?, object)>((args.Name, args.Inputs)));

        await Deployment.TestAsync(
            mocks.Object,
            new TestOptions { ProjectName = "gopher-mesh", StackName = "test", IsPreview = false },
            () => new Dictionary<string, object?> { ["zones"] = AvailabilityZoneNames.LookUp("ap-southeast-2", 2, new InvokeOptions()) });
        return Assert.Single(asked);
    }
}
