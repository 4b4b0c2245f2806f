namespace GopherMesh.Tests.Unit;

/// <summary>The keys of Pulumi's AWS provider, which the stack reads for the provider that it makes.</summary>
public class AwsKeysTests
{
    [Fact]
    public void Reads_region_and_profile()
    {
        var eks = StackFiles.Dev(("aws:region", "us-gov-west-1"), ("aws:profile", "team seven")).Read().Eks;
        Assert.Equal(("us-gov-west-1", "team seven"), (eks.Region, eks.Profile));
    }

    [Theory]
    [InlineData("aws:region", "")]
    [InlineData("aws:region", "Sydney")]
    [InlineData("aws:region", "ap-southeast-2a")]
    [InlineData("aws:profile", "a\tb")]
    [InlineData("aws:assumeRoles", "[]")]
    [InlineData("aws:defaultTags", "{}")]
    public void Rejects(string key, string value) => Assert.Equal(key, Assert.Single(StackFiles.Dev((key, value)).Errors()).Key);

    [Fact]
    public void Rejects_a_region_on_an_existing_cluster() =>
        Assert.Equal("aws:region", Assert.Single(StackFiles.Local(("aws:region", "ap-southeast-2")).Errors()).Key);
}
