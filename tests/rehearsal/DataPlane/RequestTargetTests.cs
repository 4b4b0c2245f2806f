using GopherMesh.DataPlane.Proxying;

namespace GopherMesh.Tests.Rehearsal.DataPlane;

public sealed class RequestTargetTests
{
    [Theory]
    [InlineData("/", "/", "")]
    [InlineData("/a/b?c=d?e", "/a/b", "c=d?e")]
    [InlineData("/a//b", "/a//b", "")]
    [InlineData("/a/./b/../c", "/a/c", "")]
    [InlineData("/a/..", "/", "")]
    [InlineData("/../../a", "/a", "")]
    [InlineData("/a/%2e%2E/b", "/b", "")]
    [InlineData("/a\\b", "/a/b", "")]
    [InlineData("/a%2Fb%20%41", "/a%2Fb%20A", "")]
    [InlineData("/?to=/../x", "/", "to=/../x")]
    [InlineData("*", "*", "")]
    public void A_target_is_taken_apart_and_its_path_normalized(string target, string path, string query) =>
        Assert.Equal((path, query), RequestTarget.Parse(target));
}
