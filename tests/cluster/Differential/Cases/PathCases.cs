using static GopherMesh.Tests.Cluster.Differential.Cases.Writing;

namespace GopherMesh.Tests.Cluster.Differential.Cases;

/// <summary>Paths: what of them is normalized before a route is chosen, and what the application gets.</summary>
internal static class PathCases
{
    public static IEnumerable<RoutingCase> All() =>
    [
        new("path-exact", When("uri: { exact: /a }"), At("/a"), At("/a/"), At("/a?q=1"), At("/A"), At("/ab")),
        new("path-prefix", When("uri: { prefix: /a }"), At("/a"), At("/a/b"), At("/ab"), At("/b/a")),
        new("path-regex", When("uri: { regex: '/a[0-9]+(/.*)?' }"), At("/a1"), At("/a12/b"), At("/a"), At("/xa1"), At("/a1?x=/b")),
        new("path-any-case", When("uri: { exact: /A }, ignoreUriCase: true"), At("/a"), At("/A"), At("/b")),
        new("path-dots", When("uri: { prefix: /a }"),
            At("/./a"), At("/b/../a"), At("/b/./../a/."), At("/../a"), At("/a/.."), At("/a/../b"), At("/.a")),
        new("path-encoded", When("uri: { prefix: /a }"),
            At("/%61"), At("/a%2Fb"), At("/a%2fb"), At("/%2e%2e/a"), At("/b/%2E%2e/a"), At("/%7Ea"), At("/a%20b"),
            At("/a%zz"), At("/%2Fa")),
        new("path-slashes", When("uri: { prefix: /a }"),
            At("//a"), At("/b//../a"), At("/a//b"), At(@"/a\b"), At(@"/b\..\a"), At("/a?x=//b/../c")),
        new("path-query", When("uri: { exact: /a }"), At("/a?"), At("/a?x=%61"), At("/a?x=a?b"), At("/a?x=../b")),
    ];
}
