using GopherMesh.DataPlane.Proxying;
using GopherMesh.DataPlane.Routing;
using Microsoft.Extensions.Primitives;

namespace GopherMesh.Tests.Rehearsal.DataPlane;

/// <summary>A plain GET, as far as routes can tell.</summary>
internal sealed class Request(string target, string authority, params (string Name, string Value)[] headers) : IRouteRequest
{
    public string Method => "GET";

    public string Scheme => "http";

    public string Authority => authority;

    public string Path => RequestTarget.Parse(target).Path;

    public string Query => RequestTarget.Parse(target).Query;

    public StringValues Header(string name) =>
        headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value).ToArray();
}
